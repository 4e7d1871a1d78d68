// Owns why a server could not be spoken to, in plain words.
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import type { ProbeResult } from '../probe.ts';
import { fail } from './check.ts';

interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'stls' | 'none';
}

type Failure = Extract<ProbeResult, { kind: 'failed' }>;

export function connectionProblem({ step, reason, code }: Failure, place: Place): Diagnosis {
  const where = `${place.host} port ${place.port}`;
  switch (step) {
    case 'connect':
      return unreachable(code, reason, where);
    case 'tls':
      return noTls(code, reason, place);
    case 'greeting':
      return place.tls === 'none' || place.tls === 'stls'
        ? fail(
            `${where} gives no greeting: ${reason}`,
            'If the server speaks TLS from the start on this port, set tls: implicit.',
          )
        : fail(
            `${where} gives no greeting: ${reason}`,
            'Look at the server: it may refuse this address.',
          );
    case 'capabilities':
      return fail(`${where} breaks off: ${reason}`, 'Look whether it is a POP3 server at all.');
  }
}

function unreachable(code: string | undefined, reason: string, where: string): Diagnosis {
  switch (code) {
    case 'ECONNREFUSED':
      return fail(
        `nobody listens on ${where}`,
        'Look at host and port, and whether the server runs.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail(
        `there is no way to ${where}`,
        'Look at the network of this machine and its routes.',
      );
    case 'EACCES':
    case 'EPERM':
      return fail(
        `this machine forbids connections to ${where}`,
        'Look at its own firewall rules.',
      );
    default:
      return fail(
        `${where} cannot be reached: ${reason}`,
        'A firewall on the way may swallow the packets; try from another machine.',
      );
  }
}

function noTls(code: string | undefined, reason: string, { tls, host, port }: Place): Diagnosis {
  const where = `${host} port ${port}`;
  switch (code) {
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return fail(
        `${where} does not speak TLS from the start`,
        'Set tls: stls, or the port for implicit TLS, mostly 995.',
      );
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
      return fail(
        `${where} speaks no TLS version that this route allows`,
        'The server is too old, or min_version of the route too new for it.',
      );
    case 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE':
    case 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE':
      return fail(
        `${where} and this machine have no cipher in common, or it wants a client certificate`,
        'Look at the log of the server.',
      );
    default:
      return tls === 'stls'
        ? fail(
            `${where} offers no TLS: ${reason}`,
            'Try tls: implicit; never leave TLS out for it.',
          )
        : fail(`no TLS handshake with ${where}: ${reason}`, 'Look at the port and at the server.');
  }
}
