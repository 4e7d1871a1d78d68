// Owns the logins that send the password itself: PLAIN (RFC 4616), LOGIN, USER and PASS (RFC 1939 s.7).
// Octets go out as they came in.
import type { Credentials } from '../../base/secret.ts';
import type { UpstreamCapabilities } from '../../pop3/capability.ts';
import { plainMessage } from '../../pop3/sasl.ts';
import { begin, challenged, expectSuccess, invite, respond } from '../sasl-exchange.ts';
import { ask, askTogether, command, type Dialog } from '../step.ts';

export function* plainLogin(credentials: Credentials): Dialog<void> {
  expectSuccess(yield* begin('PLAIN', plainMessage(credentials)));
}

/** Two challenges, first for the name; what they say differs from server to server and means nothing. */
export function* loginLogin({ user, password }: Credentials): Dialog<void> {
  yield* invite('LOGIN');
  challenged(yield* respond(user));
  expectSuccess(yield* respond(password.reveal()));
}

/** In one segment where the server reads ahead (RFC 2449 s.6.6): whoever it is, it gets both. */
export function* userLogin(
  { user, password }: Credentials,
  { hasPipelining }: Pick<UpstreamCapabilities, 'hasPipelining'>,
): Dialog<void> {
  const userLine = command('USER ', user);
  const passLine = command('PASS ', password.reveal());
  if (hasPipelining) {
    const [toUser, toPass] = yield* askTogether(userLine, passLine);
    expectSuccess(toUser);
    if (toPass === undefined) throw new Error('PASS is answered where USER is not refused');
    expectSuccess(toPass);
  } else {
    expectSuccess(yield* ask({ kind: 'send', line: userLine }));
    expectSuccess(yield* ask({ kind: 'send', line: passLine }));
  }
}
