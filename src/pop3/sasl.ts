// Owns the SASL framing of AUTH (RFC 5034) and the messages of PLAIN (RFC 4616) and LOGIN.
// Frames are never relayed: Postern takes the password and starts a mechanism of its own upstream.
import { type Credentials, Secret } from '../base/secret.ts';
import { passwordMaxOctets, userMaxOctets } from './limits.ts';

/** Decodes a base64 line strictly; "=" is the empty response. Undefined when it is not base64. */
export function decodeBase64Line(text: string): Buffer | undefined {
  if (text === '=') return Buffer.alloc(0);
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return undefined;
  }
  return Buffer.from(text, 'base64');
}

/** Without what could end a line, or a string, on its way. */
export function isLineSafe(octets: Buffer): boolean {
  for (const octet of octets) {
    if (octet === 0x00 || octet === 0x0a || octet === 0x0d) return false;
  }
  return true;
}

/** One decoded user name or password, or undefined when it could break out of a line upstream. */
export function toCredentials(user: Buffer, password: Buffer): Credentials | undefined {
  if (user.length === 0 || !isLineSafe(user) || !isLineSafe(password)) return undefined;
  if (user.length > userMaxOctets || password.length > passwordMaxOctets) return undefined;
  return { user, password: new Secret(password) };
}

/**
 * authzid NUL authcid NUL password. An authorization identity other than the user itself is
 * refused rather than dropped: dropping it would open a different maildrop than was asked for.
 */
export function parsePlain(message: Buffer): Credentials | undefined {
  const first = message.indexOf(0);
  const second = first === -1 ? -1 : message.indexOf(0, first + 1);
  if (second === -1) return undefined;
  const authorization = message.subarray(0, first);
  const user = message.subarray(first + 1, second);
  if (authorization.length > 0 && !authorization.equals(user)) return undefined;
  return toCredentials(user, message.subarray(second + 1));
}

/** The PLAIN message, for an upstream. */
export function plainMessage({ user, password }: Credentials): Buffer {
  const nul = Buffer.of(0);
  return Buffer.concat([nul, user, nul, password.reveal()]);
}

/** The two challenges of LOGIN, as every client expects them. */
export const loginUserChallenge = Buffer.from('Username:').toString('base64');
export const loginPasswordChallenge = Buffer.from('Password:').toString('base64');
