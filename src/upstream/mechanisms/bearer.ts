// Owns the logins by access token: OAUTHBEARER (RFC 7628) and XOAUTH2, which Google and Microsoft use.
// What the client gave as its password is the token; getting one is not done here.
import type { Credentials } from '../../base/secret.ts';
import { challengeIn, expectRefusal, expectSuccess, invite, respond } from '../sasl-exchange.ts';
import type { Answer, Dialog } from '../step.ts';

/** The server as the configuration names it. */
export interface ServerName {
  readonly host: string;
  readonly port: number;
}

export function* xoauth2Login({ user, password }: Credentials): Dialog<void> {
  const message = octets('user=', user, '\x01auth=Bearer ', password.reveal(), '\x01\x01');
  yield* bearerLogin('XOAUTH2', message, Buffer.alloc(0));
}

export function* oauthBearerLogin(
  { user, password }: Credentials,
  server: ServerName | undefined,
): Dialog<void> {
  const place = server === undefined ? '' : `\x01host=${server.host}\x01port=${server.port}`;
  const identity = user.toString('latin1').replaceAll('=', '=3D').replaceAll(',', '=2C');
  const message = octets(`n,a=${identity},${place}\x01auth=Bearer `, password.reveal(), '\x01\x01');
  // RFC 7628 s.3.2.3: a failure is acknowledged by one octet.
  yield* bearerLogin('OAUTHBEARER', message, Buffer.of(1));
}

/** Always in two steps: Exchange Online closes the connection when the token stands in the line of AUTH. */
function* bearerLogin(mechanism: string, message: Buffer, acknowledgement: Buffer): Dialog<void> {
  yield* invite(mechanism);
  const answer = yield* respond(message);
  if (!answer.isChallenge) return expectSuccess(answer);
  const status = statusIn(answer);
  expectRefusal(yield* respond(acknowledgement), status === undefined ? {} : { status });
}

/** The number in `"status":"401"`; the rest of a failure is the server's text and goes nowhere. */
function statusIn(failure: Answer): number | undefined {
  const match = /"status"\s*:\s*"?(\d{3})\b/.exec(challengeIn(failure).toString('latin1'));
  return match === null ? undefined : Number(match[1]);
}

function octets(...parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
}
