// Owns the conversation with an upstream from its greeting to the end of the login. Pure: sockets,
// keys and deadlines are in client.ts and connection.ts.
import { randomBytes } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { LoginMethod } from '../config/login-methods.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import {
  parseCapabilities,
  type UpstreamCapabilities,
  unknownCapabilities,
} from '../pop3/capability.ts';
import { refusedByUpstream } from './failure.ts';
import { chooseMethod, type LoginConditions } from './login-method.ts';
import { oauthBearerLogin, xoauth2Login } from './mechanisms/bearer.ts';
import { apopLogin, cramMd5Login } from './mechanisms/digest.ts';
import { loginLogin, plainLogin, userLogin } from './mechanisms/password.ts';
import { scramLogin } from './mechanisms/scram.ts';
import { ask, command, type Dialog } from './step.ts';

const capa = command('CAPA');

/**
 * Greeting, STLS where the target asks for it, and CAPA unless it is known what the server says to it
 * over a connection such as this. Whether there is STLS is never taken from memory.
 */
export function* openDialog(
  { tls }: Pick<UpstreamTarget, 'tls'>,
  known?: UpstreamCapabilities | undefined,
): Dialog<UpstreamCapabilities> {
  const greeting = yield* ask({ kind: 'awaitGreeting' });
  if (!greeting.reply.isOk) throw refusedByUpstream('UPSTREAM_REFUSED_SESSION', greeting.reply);
  // RFC 2595 s.4: capabilities from before the handshake are not to be trusted.
  if (tls === 'stls') yield* secureDialog();
  return known ?? (yield* capabilityDialog());
}

function* secureDialog(): Dialog<void> {
  const { hasStls } = yield* capabilityDialog();
  if (!hasStls) {
    throw new AppError('UPSTREAM_NO_STLS', {
      fault: 'upstream',
      publicText: 'the mail server does not offer TLS',
      responseCode: 'SYS/PERM',
    });
  }
  const { reply } = yield* ask({ kind: 'send', line: command('STLS') });
  if (!reply.isOk) throw refusedByUpstream('UPSTREAM_NO_STLS', reply);
  yield* ask({ kind: 'startTls' });
}

/** CAPA; a server without it has the commands of RFC 1939. */
export function* capabilityDialog(): Dialog<UpstreamCapabilities> {
  const { reply, lines } = yield* ask({ kind: 'sendForLines', line: capa });
  return reply.isOk ? parseCapabilities(lines) : unknownCapabilities;
}

/** UTF8, which is possible before login only (RFC 6856 s.2). A server that has said no is not logged in to. */
export function* utf8Dialog({ hasUtf8 }: UpstreamCapabilities): Dialog<void> {
  if (hasUtf8) {
    const { reply } = yield* ask({ kind: 'send', line: command('UTF8') });
    if (reply.isOk) return;
  }
  throw new AppError('UPSTREAM_NO_UTF8', {
    fault: 'upstream',
    publicText: 'the mail server does not switch to UTF-8',
    responseCode: 'SYS/PERM',
  });
}

const encrypted: LoginConditions = {
  exposure: 'allowed',
  timestamp: undefined,
  server: undefined,
};

/** One login by the method that is best under the conditions; by default those of a TLS connection. */
export function* loginDialog(
  preference: UpstreamTarget['login'],
  capabilities: UpstreamCapabilities,
  credentials: Credentials,
  conditions: LoginConditions = encrypted,
): Dialog<void> {
  const method = chooseMethod(preference, capabilities, conditions);
  yield* exchange(method, capabilities, credentials, conditions);
}

function exchange(
  method: LoginMethod,
  capabilities: UpstreamCapabilities,
  credentials: Credentials,
  { timestamp, server }: LoginConditions,
): Dialog<void> {
  switch (method) {
    case 'scram-sha-256':
      return scramLogin('sha256', credentials, newNonce());
    case 'scram-sha-1':
      return scramLogin('sha1', credentials, newNonce());
    case 'cram-md5':
      return cramMd5Login(credentials);
    case 'auth-plain':
      return plainLogin(credentials);
    case 'auth-login':
      return loginLogin(credentials);
    case 'apop':
      if (timestamp === undefined) throw new Error('APOP is chosen where there is a time stamp');
      return apopLogin(credentials, timestamp);
    case 'user-pass':
      return userLogin(credentials, capabilities);
    case 'xoauth2':
      return xoauth2Login(credentials);
    case 'oauthbearer':
      return oauthBearerLogin(credentials, server);
  }
}

/** RFC 5802 s.5.1: printable, no comma, never twice. */
function newNonce(): string {
  return randomBytes(18).toString('base64url');
}
