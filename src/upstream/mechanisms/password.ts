// Owns the logins that send the password itself: PLAIN (RFC 4616), LOGIN, USER and PASS (RFC 1939 s.7).
// Octets go out as they came in.
import type { Credentials } from '../../base/secret.ts';
import { plainMessage } from '../../pop3/sasl.ts';
import { begin, challenged, expectSuccess, invite, respond } from '../sasl-exchange.ts';
import { ask, command, type Dialog } from '../step.ts';

export function* plainLogin(credentials: Credentials): Dialog<void> {
  expectSuccess(yield* begin('PLAIN', plainMessage(credentials)));
}

/** Two challenges, first for the name; what they say differs from server to server and means nothing. */
export function* loginLogin({ user, password }: Credentials): Dialog<void> {
  yield* invite('LOGIN');
  challenged(yield* respond(user));
  expectSuccess(yield* respond(password.reveal()));
}

export function* userLogin({ user, password }: Credentials): Dialog<void> {
  expectSuccess(yield* ask({ kind: 'send', line: command('USER ', user) }));
  expectSuccess(yield* ask({ kind: 'send', line: command('PASS ', password.reveal()) }));
}
