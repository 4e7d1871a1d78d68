// Owns whether a certificate is one for the name, or the address, that was asked for. Node's own check also
// takes a wildcard inside a label (f*o.example) and, without alternative names, the common name.
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

// RFC 9525 s.6.3: a wildcard is the whole of the leftmost label and stands for one label; s.2: the common
// name of the subject is no name of a server. OpenSSL has this check, and takes no wildcard for *.example.
const strict = { subject: 'never', partialWildcards: false, multiLabelWildcards: false } as const;

/** For `checkServerIdentity`: undefined when the certificate is one for `name`. */
export function checkServerName(
  name: string,
  { raw }: Pick<PeerCertificate, 'raw'>,
): Error | undefined {
  const certificate = new X509Certificate(raw);
  const isFor = isIP(name) === 0 ? hostOf(certificate, name) : certificate.checkIP(name);
  if (isFor !== undefined) return undefined;
  return new ServerNameError(name, certificate.subjectAltName);
}

function hostOf(certificate: X509Certificate, name: string): string | undefined {
  // OpenSSL would take it for a question after any name below.
  return name.startsWith('.') ? undefined : certificate.checkHost(name, strict);
}

/** The certificate is one for other servers. */
export class ServerNameError extends Error {
  /** As Node calls it. */
  readonly code = 'ERR_TLS_CERT_ALTNAME_INVALID';
  readonly expected: string;
  /** Of the certificate, as OpenSSL prints them. */
  readonly names: string | undefined;

  constructor(expected: string, names: string | undefined) {
    super('the certificate is for other names');
    this.name = 'ServerNameError';
    this.expected = expected;
    this.names = names;
  }
}
