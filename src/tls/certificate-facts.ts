// Owns what a certificate says about itself, in the words that an administrator needs. It verifies nothing.
import type { X509Certificate } from 'node:crypto';
import { pinOf } from './pinned-key.ts';

export interface CertificateFacts {
  /** DNS names and addresses, as written: a name may start with `*.`. */
  readonly names: readonly string[];
  /** Most telling part of the name of whoever signed it. */
  readonly issuer: string;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly isSelfIssued: boolean;
  /** Of its public key, as the configuration writes it. */
  readonly pin: string;
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    names: namesOf(certificate.subjectAltName),
    issuer: nameIn(certificate.issuer),
    validFromMs: certificate.validFromDate.getTime(),
    validToMs: certificate.validToDate.getTime(),
    isSelfIssued: certificate.subject === certificate.issuer,
    pin: pinOf(certificate),
  };
}

/** The first name that a mail program can be told; a pattern is none. */
export function findHostName({ names }: CertificateFacts): string | undefined {
  return names.find((name) => /[a-z]/i.test(name) && !name.includes('*') && !name.includes(':'));
}

// Node quotes a name that would be mistaken for several; such a name is of no use to anybody.
function namesOf(alternativeNames: string | undefined): string[] {
  return [...(alternativeNames ?? '').matchAll(/(?:DNS|IP Address):([^,"]+)(?:, |$)/g)].map(
    ([, name = '']) => name,
  );
}

/** Common name, else organisation, else all of it. */
function nameIn(distinguishedName: string): string {
  const field = (key: string): string | undefined =>
    new RegExp(`^${key}=(.+)$`, 'm').exec(distinguishedName)?.[1];
  const name = field('CN') ?? field('O') ?? distinguishedName.replaceAll('\n', ', ');
  return name.replaceAll(/\p{Cc}/gu, '?').slice(0, 100);
}
