// Owns the choice of a way to log in: what the configuration wants, the server offers and the
// connection permits. It is made before any credential is sent and never made twice: a password that
// was refused is not sent again in another way.
import { AppError } from '../base/errors.ts';
import {
  keepsSecret,
  type LoginMethod,
  type LoginPreference,
  methodsOf,
} from '../config/login-methods.ts';
import type { UpstreamCapabilities } from '../pop3/capability.ts';
import type { ServerName } from './mechanisms/bearer.ts';

/** What a login depends on besides capabilities and credentials. */
export interface LoginConditions {
  /** Whether the password itself may be sent: over TLS, or where the route says so. */
  readonly exposure: 'allowed' | 'forbidden';
  /** For APOP; undefined when the greeting has none that can be used. */
  readonly timestamp: string | undefined;
  /** Told to the server by OAUTHBEARER. */
  readonly server: ServerName | undefined;
}

export const saslNames: Readonly<Record<Exclude<LoginMethod, 'apop' | 'user-pass'>, string>> = {
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-1': 'SCRAM-SHA-1',
  'cram-md5': 'CRAM-MD5',
  'auth-plain': 'PLAIN',
  'auth-login': 'LOGIN',
  xoauth2: 'XOAUTH2',
  oauthbearer: 'OAUTHBEARER',
};

/** Throws UPSTREAM_NO_LOGIN_METHOD, or UPSTREAM_NOT_ENCRYPTED where TLS is what is missing. */
export function chooseMethod(
  preference: LoginPreference,
  capabilities: UpstreamCapabilities,
  conditions: LoginConditions,
): LoginMethod {
  const wanted = methodsOf(preference);
  // A single method is an order: a server without CAPA, or that hides it, may have it all the same.
  const isOrder = wanted.length === 1;
  const usable = wanted.filter((method) =>
    method === 'apop'
      ? conditions.timestamp !== undefined
      : isOrder || isAnnounced(method, capabilities),
  );
  const chosen = usable.find((method) => conditions.exposure === 'allowed' || keepsSecret(method));
  if (chosen !== undefined) return chosen;
  if (usable.length > 0) {
    throw new AppError('UPSTREAM_NOT_ENCRYPTED', {
      fault: 'config',
      publicText: 'no password is sent to the mail server without TLS',
      responseCode: 'SYS/PERM',
    });
  }
  throw new AppError('UPSTREAM_NO_LOGIN_METHOD', {
    fault: 'upstream',
    publicText: 'the mail server offers no way to log in that may be used',
    responseCode: 'SYS/PERM',
    details: { wanted, offered: capabilities.saslMechanisms.filter(isMechanismName) },
  });
}

function isAnnounced(
  method: Exclude<LoginMethod, 'apop'>,
  { hasUser, saslMechanisms }: UpstreamCapabilities,
): boolean {
  return method === 'user-pass' ? hasUser : saslMechanisms.includes(saslNames[method]);
}

function isMechanismName(name: string): boolean {
  return /^[A-Z0-9_-]{1,20}$/.test(name);
}
