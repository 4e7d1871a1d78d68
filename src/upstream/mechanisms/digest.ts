// Owns the logins that prove the password by MD5: CRAM-MD5 (RFC 2195) and APOP (RFC 1939 s.7).
// MD5 is what their definitions say; it is too weak to be chosen where there is SCRAM.
import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from '../../base/secret.ts';
import { protocolViolation } from '../failure.ts';
import { challengeIn, expectSuccess, invite, respond } from '../sasl-exchange.ts';
import { ask, command, type Dialog } from '../step.ts';

export function* cramMd5Login({ user, password }: Credentials): Dialog<void> {
  const challenge = challengeIn(yield* invite('CRAM-MD5'));
  // The proof for an empty challenge would be the same every time.
  if (challenge.length === 0) throw protocolViolation('an empty challenge');
  const digest = createHmac('md5', password.reveal()).update(challenge).digest('hex');
  expectSuccess(yield* respond(Buffer.concat([user, Buffer.from(` ${digest}`)])));
}

export function* apopLogin({ user, password }: Credentials, timestamp: string): Dialog<void> {
  const digest = createHash('md5').update(timestamp, 'latin1').update(password.reveal());
  const line = command('APOP ', user, ` ${digest.digest('hex')}`);
  expectSuccess(yield* ask({ kind: 'send', line }));
}

/**
 * The time stamp in the text of a greeting: the first thing in angle brackets, if it has the form of
 * a message id (RFC 822). Whoever is free in the choice of its octets can find passwords by collisions
 * of MD5, and needs octets for it that no message id has.
 */
export function findTimestamp(greeting: string): string | undefined {
  const bracketed = /<[^>]*>?/.exec(greeting)?.[0] ?? '';
  return /^<[!-;=?A-~]{1,128}@[!-;=?A-~]{1,128}>$/.test(bracketed) ? bracketed : undefined;
}
