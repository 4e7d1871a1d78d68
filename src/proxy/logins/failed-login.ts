// Owns what is said of a failed login to those who watch: a reason in fixed words, and a user name that may
// be shown. fail2ban reads both; see docs/logins.md.
import { toAppError } from '../../base/errors.ts';
import type { LoginsConfig } from '../../config/schema.ts';
import { isWrongPassword } from '../../upstream/failure.ts';
import { nameDigest } from './guarded-login.ts';
import type { LoginGate } from './login-gate.ts';

export interface NamingServices {
  readonly logins: LoginGate;
  readonly loginLimits: LoginsConfig;
}

/** `other`: it was not for the client; an upstream could not be reached, a plugin said no. */
export type FailureReason = 'wrong password' | 'same password' | 'too many failures' | 'other';

const reasons: ReadonlyMap<string, FailureReason> = new Map([
  ['LOGIN_REPEATED', 'same password'],
  ['LOGIN_LIMITED', 'too many failures'],
]);

export function reasonOf(error: unknown): FailureReason {
  if (isWrongPassword(error)) return 'wrong password';
  return reasons.get(toAppError(error).code) ?? 'other';
}

/** A name that has never logged in may be a password that was typed into the wrong field. */
export async function shownUser(
  user: string,
  { logins, loginLimits }: NamingServices,
): Promise<string> {
  const { unknownUsers } = loginLimits;
  if (unknownUsers === 'shown') return user;
  const name = nameDigest(user, logins.digestKey);
  if (await logins.knows(name)) return user;
  return unknownUsers === 'hashed' ? `unknown-${name}` : 'unknown';
}
