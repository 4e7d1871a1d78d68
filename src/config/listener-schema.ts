// Owns the keys of a listener: where clients connect and what they are offered.
import { z } from 'zod';
import {
  host,
  integer,
  ipAddress,
  label,
  oneOf,
  path,
  secret,
  section,
  tlsVersions,
} from './values.ts';

const certificateSchema = z
  .strictObject({
    cert: path('PEM file with the certificate and its chain.'),
    key: path('PEM file with the private key.'),
    passphrase: secret('Passphrase of the private key.').optional(),
  })
  .transform(({ cert, key, passphrase }) => ({ certFile: cert, keyFile: key, passphrase }));

const announceSchema = z
  .strictObject({
    host: host('Name of the server.').optional(),
    port: integer('Port, where another one is mapped to this one.', {
      min: 1,
      max: 65_535,
    }).optional(),
  })
  .transform(({ host, port }) => ({ host, port }));

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
    tls: oneOf('Encryption offered to clients: none, stls (upgrade by command) or implicit.', [
      'none',
      'stls',
      'implicit',
    ]),
    certificate: certificateSchema
      .optional()
      .describe('Certificate shown to clients. Without it a self-signed one is made, for tests.'),
    min_version: oneOf('Oldest TLS version accepted from clients.', tlsVersions).default('TLSv1.2'),
    max_sessions: integer('Sessions served at a time by this listener.', {
      min: 1,
      max: 100_000,
    }).default(1000),
    banner: banner().default('Postern ready'),
    announce: section(announceSchema).describe(
      'What mail programs are told to connect to, where that is not the address and port above.',
    ),
  })
  .superRefine(({ tls, certificate, port, socket }, context) => {
    const report = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (tls === 'none' && certificate !== undefined) {
      report('certificate', 'expected no certificate on a listener with tls: none');
    }
    if (port === undefined && socket === undefined) {
      report('port', 'missing; expected a whole number from 0 to 65535, or a socket');
    }
  })
  .transform(({ address, port, min_version, max_sessions, ...listener }) => ({
    ...listener,
    // What systemd opens for a mere port is open to all.
    address: address ?? (listener.socket === undefined ? '127.0.0.1' : '::'),
    // As with any free one, it is known when the socket is there.
    port: port ?? 0,
    minTlsVersion: min_version,
    maxSessions: max_sessions,
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
