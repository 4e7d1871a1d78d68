// Owns whether a listener can have its port, or has it: a port is free, held by a running Postern, or
// held by another program. What is opened is closed at once.
import { createServer } from 'node:net';
import { isAnyAddress } from '../../admin/client-settings.ts';
import type { ListenerConfig } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import type { ProbeRequest, ProbeResult } from '../probe.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';

export interface PortTools {
  probe(request: ProbeRequest): Promise<ProbeResult>;
}

/** It is on this machine. */
const stepLimitMs = 3000;

export function portCheck(listener: ListenerConfig, tools: PortTools): Check {
  const subject = `listener ${listener.name}`;
  return {
    subject,
    async *run() {
      yield await diagnose(listener, tools);
    },
  };
}

async function diagnose(listener: ListenerConfig, { probe }: PortTools): Promise<Diagnosis> {
  const { address, port, tls, banner, socket, intercept } = listener;
  if (socket !== undefined) {
    return skipped(`its socket ${socket} is handed over at the start of the service`);
  }
  const place = `${address} port ${port}`;
  const refusal = await tryToListen(address, port);
  switch (refusal) {
    case undefined:
      return ok(port === 0 ? `${address}, any free port` : `${place} is free`);
    case 'EADDRNOTAVAIL':
      return fail(`this machine does not have the address ${address}`, 'See: ip address.');
    case 'EAFNOSUPPORT':
      return fail(`this machine has no addresses like ${address}`, 'Use one of the other family.');
    case 'EADDRINUSE':
    case 'EACCES':
      if (intercept === undefined) break;
      // Whoever connects to it directly is turned away.
      return skipped(`${place} is in use; it takes only connections that a firewall diverts`);
    default:
      return fail(`${place} cannot be listened on (${refusal})`, 'Look at address and port.');
  }
  const answer = await probe({
    host: isAnyAddress(address) ? loopbackOf(address) : address,
    port,
    tls: tls === 'implicit' ? 'implicit' : 'none',
    trust: { rejectUnauthorized: false },
    stepLimitMs,
  });
  if (answer.kind === 'reached') {
    return answer.greeting.startsWith(banner)
      ? ok(`${place} is held by a running Postern ("${answer.greeting}")`)
      : fail(
          `${place} is held by another POP3 server ("${answer.greeting}")`,
          'Stop that one, or take another port.',
        );
  }
  if (refusal === 'EACCES') {
    return answer.code === 'ECONNREFUSED'
      ? ok(`${place} is free; the service needs CAP_NET_BIND_SERVICE for ports below 1024`)
      : warn(`${place}: ${answer.reason}`, 'See who holds it: ss -ltnp.');
  }
  return fail(
    `${place} is held by a program that does not answer like Postern: ${answer.reason}`,
    'See who holds it: ss -ltnp.',
  );
}

function loopbackOf(address: string): string {
  return address === '0.0.0.0' ? '127.0.0.1' : '::1';
}

/** The code of the refusal; undefined when it could. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve('code' in error && typeof error.code === 'string' ? error.code : error.message);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
