// Owns what is said of an upstream with which TLS does not come about, or that is not whom it should be.
import { AppError } from '../base/errors.ts';
import { PinnedKeyError } from '../tls/pinned-key.ts';
import { ServerNameError } from '../tls/server-name.ts';

const certificateCodes =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|PINNED_KEY_)/;

/** Of OpenSSL's verification, of Node's, or of our own. */
export function isCertificateCode(code: string): boolean {
  return certificateCodes.test(code);
}

const certificateTexts: readonly (readonly [code: RegExp, text: string])[] = [
  [/^CERT_HAS_EXPIRED$/, "the mail server's certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "the mail server's certificate is not valid yet"],
  [/^CERT_REVOKED$/, "the mail server's certificate was revoked"],
  [/^(?:ERR_TLS_CERT_ALTNAME|HOSTNAME_)/, "the mail server's certificate is for another name"],
  [/^PINNED_KEY_/, "the mail server's key is not the one that it is known by"],
  [
    /^(?:UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED)/,
    "the mail server's certificate is of an unknown authority",
  ],
];

export function certificateFailure(code: string, cause: unknown): AppError {
  const [, text] = certificateTexts.find(([each]) => each.test(code)) ?? [];
  return new AppError('UPSTREAM_CERTIFICATE', {
    fault: 'upstream',
    publicText: text ?? "the mail server's certificate is not valid",
    responseCode: 'SYS/PERM',
    details: { reason: code, ...factsOf(cause) },
    cause,
  });
}

/** Certificates are long and of whoever answers. */
const shownLength = 500;

function factsOf(cause: unknown): Readonly<Record<string, unknown>> {
  const error = cause instanceof AppError ? cause.cause : cause;
  if (error instanceof ServerNameError) {
    const { expected, names } = error;
    return { expected, names: names?.slice(0, shownLength) };
  }
  return error instanceof PinnedKeyError ? { seen: error.seen } : {};
}

/** RFC 8446 s.6.2: alerts of a server that wants a certificate of ours, or another one. */
const refusalOfOurs =
  /^ERR_SSL_(?:TLSV13_ALERT_CERTIFICATE_REQUIRED|SSLV3_ALERT_(?:NO|BAD|UNSUPPORTED)_CERTIFICATE|SSLV3_ALERT_CERTIFICATE_\w+|TLSV1_ALERT_UNKNOWN_CA)$/;

export function refusesOurs(code: string): boolean {
  return refusalOfOurs.test(code);
}

const tlsTexts: readonly (readonly [code: RegExp, text: string])[] = [
  [refusalOfOurs, 'the mail server does not accept the certificate of this proxy'],
  [
    /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|TLSV1_ALERT_PROTOCOL_VERSION)$/,
    'the mail server does not offer a TLS version that is required',
  ],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/,
    'the mail server does not speak TLS on this port',
  ],
];

/** There is no way on without TLS: what was asked for is not there. */
export function tlsFailure(code: string | undefined, cause: unknown): AppError {
  const [, text] = tlsTexts.find(([each]) => code !== undefined && each.test(code)) ?? [];
  return new AppError('UPSTREAM_TLS', {
    fault: 'upstream',
    publicText: text ?? 'no TLS connection to the mail server',
    // What has a text of its own will be the same the next time.
    responseCode: text === undefined ? 'SYS/TEMP' : 'SYS/PERM',
    details: { reason: code },
    cause,
  });
}
