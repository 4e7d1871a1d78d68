// Owns the names of the ways to log in to a server, which of them auto may take, and which keep the
// password from whoever reads along. How each of them goes is in src/upstream/mechanisms.

/**
 * The order in which auto prefers them; the last two need a token in place of a password. APOP is for
 * connections over which a password may not be sent: some servers show a time stamp to everybody but
 * keep APOP secrets for nobody.
 */
export const loginMethods = [
  'scram-sha-256',
  'scram-sha-1',
  'cram-md5',
  'auth-plain',
  'auth-login',
  'user-pass',
  'apop',
  'xoauth2',
  'oauthbearer',
] as const;

export type LoginMethod = (typeof loginMethods)[number];

/** As configured: one method, or several in order of preference. */
export type LoginPreference = 'auto' | LoginMethod | readonly LoginMethod[];

/** A password is no token, so these are used only where the configuration names them. */
const tokenMethods: ReadonlySet<LoginMethod> = new Set(['xoauth2', 'oauthbearer']);

/** They prove that the password is known and do not send it. */
const secretKeepingMethods: ReadonlySet<LoginMethod> = new Set([
  'scram-sha-256',
  'scram-sha-1',
  'cram-md5',
  'apop',
]);

const automaticMethods = loginMethods.filter((method) => !tokenMethods.has(method));

/** The methods that may be used, best first. */
export function methodsOf(preference: LoginPreference): readonly LoginMethod[] {
  if (preference === 'auto') return automaticMethods;
  return typeof preference === 'string' ? [preference] : preference;
}

export function keepsSecret(method: LoginMethod): boolean {
  return secretKeepingMethods.has(method);
}
