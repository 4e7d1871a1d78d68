// Owns the keys of an upstream that are about encryption, and what they demand of each other.
import { z } from 'zod';
import { certificateSchema } from './certificate-schema.ts';
import { host, oneOf, path, tlsVersions } from './values.ts';

const pinError =
  'expected the digest of a public key such as sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

export const upstreamTlsKeys = {
  tls: oneOf('Encryption towards the server. Without it, see allow_plaintext_login.', [
    'implicit',
    'stls',
    'none',
  ]).default('implicit'),
  ca: path('PEM file of certificate authorities, instead of those that come with Node.').optional(),
  server_name: host('Name that the certificate must carry; the host by default.').optional(),
  verify: oneOf(
    'Check of the certificate: full is authority, dates, name and, if there are any, pins; pin is the key alone, whoever has signed it. "none" is for tests only.',
    ['full', 'pin', 'none'],
  ).default('full'),
  pins: z
    // RFC 7469 s.2.4: the digest of the SubjectPublicKeyInfo. 32 octets end so in base64.
    .array(
      z
        .string({ error: pinError })
        .regex(/^sha256\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, { error: pinError }),
      {
        error: 'expected a list of digests of public keys',
      },
    )
    .min(1, { error: 'expected at least one digest' })
    .describe('Public keys of which the server must have one, as sha256/ and base64 (RFC 7469).')
    .optional(),
  min_version: oneOf('Oldest TLS version accepted from the server.', tlsVersions).default(
    'TLSv1.2',
  ),
  certificate: certificateSchema
    .optional()
    .describe('Certificate shown to a server that asks for one.'),
};

interface UpstreamTls {
  readonly tls: string;
  readonly verify: string;
  readonly pins?: readonly string[] | undefined;
  readonly certificate?: unknown;
}

/** What would be ignored is an error: whoever wrote it relies on it. */
export function checkUpstreamTls(
  { tls, verify, pins, certificate }: UpstreamTls,
  context: z.RefinementCtx,
): void {
  const report = (key: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [key], message });
  };
  if (tls === 'none' && pins !== undefined) report('pins', 'expected no pins with tls: none');
  if (tls === 'none' && certificate !== undefined) {
    report('certificate', 'expected no certificate with tls: none');
  }
  if (verify === 'pin' && pins === undefined) report('verify', 'expected pins with verify: pin');
  if (verify === 'none' && pins !== undefined) {
    report('verify', 'expected full or pin: with none, pins would not be looked at');
  }
}
