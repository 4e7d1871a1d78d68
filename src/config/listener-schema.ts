// Owns the keys of a listener: where clients connect, who may, and what they are offered.
import { z } from 'zod';
import { checkTls, listenerTlsKeys, toListenerTls } from './listener-tls-schema.ts';
import { checkProxyProtocol, proxyProtocolSchema } from './proxy-protocol-schema.ts';
import { host, integer, ipAddress, label, networks, oneOf, section } from './values.ts';

const announceSchema = z
  .strictObject({
    host: host('Name of the server.').optional(),
    port: integer('Port, where another one is mapped to this one.', {
      min: 1,
      max: 65_535,
    }).optional(),
    tls: oneOf('Encryption, where something in front of this listener ends it.', [
      'none',
      'stls',
      'implicit',
    ]).optional(),
  })
  .transform(({ host, port, tls }) => ({ host, port, tls }));

export const listenerSchema = z
  .strictObject({
    name: label('Name of this listener; routes, logs and plugins refer to it.'),
    address: ipAddress(
      'Address to listen on; 127.0.0.1 by default. "::" means all, IPv4 included.',
    ).optional(),
    port: integer(
      'Port to listen on; 0 takes any free one. Required without a socket; with one, the port that it must have.',
      { min: 0, max: 65_535 },
    ).optional(),
    socket: label(
      'Name of a socket that systemd or a launcher hands over at the start, in place of one that is opened.',
    ).optional(),
    intercept: oneOf(
      'Serves connections that a firewall diverts here, and only those: tproxy (the socket must be transparent) or redirect. See interception.md.',
      ['tproxy', 'redirect'],
    ).optional(),
    networks: networks(
      'Clients that may connect; others are cut. By default all, but for tls_profile: legacy, which needs them.',
    ).optional(),
    proxy_protocol: proxyProtocolSchema
      .optional()
      .describe(
        'Load balancers in front that tell by the PROXY protocol who the client is. See load-balancers.md.',
      ),
    ...listenerTlsKeys,
    max_sessions: integer('Sessions served at a time by this listener.', {
      min: 1,
      max: 100_000,
    }).default(1000),
    banner: banner().default('Postern ready'),
    announce: section(announceSchema).describe(
      'What mail programs are told to connect to, where that is not the address and port above.',
    ),
  })
  .superRefine(checkTls)
  .superRefine(checkProxyProtocol)
  .superRefine(({ port, socket }, context) => {
    if (port !== undefined || socket !== undefined) return;
    const message = 'missing; expected a whole number from 0 to 65535, or a socket';
    context.addIssue({ code: 'custom', path: ['port'], message });
  })
  .transform(({ address, port, max_sessions, proxy_protocol, ...listener }) => ({
    ...toListenerTls(listener),
    // What systemd opens for a mere port is open to all.
    address: address ?? (listener.socket === undefined ? '127.0.0.1' : '::'),
    // As with any free one, it is known when the socket is there.
    port: port ?? 0,
    maxSessions: max_sessions,
    proxyProtocol: proxy_protocol,
  }));

/** RFC 1939 s.7: a client takes `<...>` in the greeting for an APOP time stamp, which Postern never offers. */
function banner() {
  const error = 'expected printable ASCII without < and >, at most 400 characters';
  return z
    .string({ error })
    .max(400, { error })
    .regex(/^[ -;=?-~]+$/, { error })
    .describe('Text of the greeting.');
}
