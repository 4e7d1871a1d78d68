// Owns the kinds of failure towards an upstream and what the client may be told of each.
import { AppError, type ResponseCode } from '../base/errors.ts';
import { printable, type Reply } from '../pop3/reply.ts';
import { certificateFailure, isCertificateCode, refusesOurs, tlsFailure } from './tls-failure.ts';

const relayedCodes: ReadonlySet<string> = new Set([
  'AUTH',
  'SYS/TEMP',
  'SYS/PERM',
  'IN-USE',
  'LOGIN-DELAY',
]);

function isRelayed(code: string): code is ResponseCode {
  return relayedCodes.has(code);
}

/** A -ERR of the upstream, with its response code where it is one we know. */
export function refusedByUpstream(
  code: string,
  reply: Reply,
  details: Readonly<Record<string, unknown>> = {},
): AppError {
  const responseCode = reply.code !== undefined && isRelayed(reply.code) ? reply.code : 'none';
  const text = printable(reply.text).trim();
  return new AppError(code, {
    fault: 'upstream',
    publicText: 'refused by the mail server',
    peerText: text === '' ? 'refused by the mail server' : text,
    responseCode,
    details: { responseCode, ...details },
  });
}

/** RFC 2449 s.8, RFC 3206 s.4: refused for what the user is or does, by a server that understood. */
export function isRefusalOfUser(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'UPSTREAM_LOGIN_REFUSED') return false;
  const { responseCode } = error;
  return responseCode === 'AUTH' || responseCode === 'IN-USE' || responseCode === 'LOGIN-DELAY';
}

/** Words of servers without response codes for what passes: a lock, a limit, trouble of their own. */
const passing =
  /\b(?:lock(?:ed)?|in use|busy|temporar\w*|(?:try|once) (?:again|later)|again later|too many|too often|unavailable|time[ds]? ?out|concurrent|already|maintenance|overload\w*|limit\w*|internal)\b/i;

/**
 * RFC 3206 s.4: AUTH says that the credentials are wrong. Without any response code, they are taken to be,
 * unless the text speaks of something that passes.
 */
export function isWrongPassword(error: unknown): error is AppError {
  if (!(error instanceof AppError) || error.code !== 'UPSTREAM_LOGIN_REFUSED') return false;
  if (error.responseCode !== undefined) return error.responseCode === 'AUTH';
  return !passing.test(error.clientText);
}

const failuresOfHost: ReadonlySet<string> = new Set([
  'UPSTREAM_CERTIFICATE',
  'UPSTREAM_LOST',
  'UPSTREAM_NO_STLS',
  'UPSTREAM_PROTOCOL',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_TLS',
  'UPSTREAM_UNREACHABLE',
]);

/** Before any credential was sent: is it this host that cannot serve, whoever asks? */
export function isFailureOfHost(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  const { code, responseCode } = error;
  // RFC 3206 s.4: SYS/PERM would be the same the next time, and on another host.
  if (code === 'UPSTREAM_REFUSED_SESSION')
    return responseCode === 'SYS/TEMP' || responseCode === undefined;
  return failuresOfHost.has(code);
}

export function protocolViolation(what: string): AppError {
  return new AppError('UPSTREAM_PROTOCOL', {
    fault: 'upstream',
    publicText: `the mail server broke the protocol (${what})`,
  });
}

export function upstreamTimeout(during: string): AppError {
  return new AppError('UPSTREAM_TIMEOUT', {
    fault: 'upstream',
    publicText: 'the mail server does not answer',
    details: { during },
  });
}

export function upstreamLost(cause?: unknown): AppError {
  return new AppError('UPSTREAM_LOST', {
    fault: 'upstream',
    publicText: 'the connection to the mail server was lost',
    cause,
  });
}

function systemCode(error: unknown): string | undefined {
  let current: unknown = error;
  // Bounded, since causes can go round in a circle.
  for (let depth = 0; current instanceof Error && depth < 8; depth += 1) {
    if ('code' in current && typeof current.code === 'string' && !(current instanceof AppError)) {
      return current.code;
    }
    current = current.cause;
  }
  return undefined;
}

/** An error of connecting or of the handshake, by what an administrator would do about it. */
export function connectFailure(cause: unknown): AppError {
  const code = systemCode(cause);
  if (cause instanceof AppError && cause.code !== 'TLS_FAILED') return cause;
  if (code !== undefined && isCertificateCode(code)) return certificateFailure(code, cause);
  if (cause instanceof AppError) return tlsFailure(code, cause);
  return new AppError('UPSTREAM_UNREACHABLE', {
    fault: 'upstream',
    publicText: 'the mail server cannot be reached',
    details: { reason: code },
    cause,
  });
}

/** The end of a connection that stood, by what the socket says of it. */
export function connectionFailure(cause: unknown): AppError {
  const code = systemCode(cause);
  // Under TLS 1.3 a server looks at the certificate of a client after the handshake.
  return code !== undefined && refusesOurs(code) ? tlsFailure(code, cause) : upstreamLost(cause);
}
