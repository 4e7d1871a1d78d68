// Owns one certificate with its key, as it is shown to clients.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { toNamePattern } from '../base/dns-name.ts';
import type { CertificateConfig } from '../config/schema.ts';
import type { PemPair } from './self-signed.ts';

export interface ServerCertificate {
  readonly pem: PemPair;
  readonly passphrase: string | undefined;
  readonly fingerprint: string;
  /** Names and patterns it is for, in lower case. */
  readonly names: readonly string[];
  /** `ec`, `rsa`, `ed25519`: a client that cannot verify one kind may verify another. */
  readonly keyType: string;
  readonly notAfterMs: number;
}

/** Throws when the two do not fit together. */
export function toServerCertificate(pem: PemPair, passphrase?: string): ServerCertificate {
  const leaf = new X509Certificate(pem.certPem);
  const certificate: ServerCertificate = {
    pem,
    passphrase,
    fingerprint: leaf.fingerprint256,
    names: namesOf(leaf),
    keyType: leaf.publicKey.asymmetricKeyType ?? 'unknown',
    notAfterMs: leaf.validToDate.getTime(),
  };
  createSecureContext({ cert: pem.certPem, ...keyOptions([certificate]) });
  return certificate;
}

export async function readServerCertificate({
  certFile,
  keyFile,
  passphrase,
}: CertificateConfig): Promise<ServerCertificate> {
  const [certPem, keyPem] = await Promise.all([
    readFile(certFile, 'utf8'),
    readFile(keyFile, 'utf8'),
  ]);
  return toServerCertificate({ certPem, keyPem }, passphrase?.reveal().toString('utf8'));
}

export function keyOptions(certificates: readonly ServerCertificate[]) {
  return {
    key: certificates.map(({ pem, passphrase }) => ({
      pem: pem.keyPem,
      ...(passphrase === undefined ? {} : { passphrase }),
    })),
  };
}

/**
 * The DNS names of a certificate. RFC 9525 s.2: a common name is none. Node quotes a value that could be
 * mistaken for several, and a quote is in no name.
 */
export function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  const entries = subjectAltName?.split(', ') ?? [];
  return entries
    .map((entry) => (entry.startsWith('DNS:') ? toNamePattern(entry.slice(4)) : undefined))
    .filter((name) => name !== undefined);
}
