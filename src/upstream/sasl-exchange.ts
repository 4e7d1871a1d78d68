// Owns the frames of AUTH as a client (RFC 5034 s.4): first response, challenges, and how it ends.
// It knows no mechanism. No error made here repeats what was sent or received.
import { decodeBase64Line } from '../pop3/sasl.ts';
import { protocolViolation, refusedByUpstream } from './failure.ts';
import { type Answer, ask, command, type Dialog } from './step.ts';

/** RFC 2449 s.4: longest command line, which bounds an initial response. */
const commandMaxOctets = 255;

/** AUTH without a response; gives the server's first challenge. */
export function* invite(mechanism: string): Dialog<Answer> {
  const answer = yield* ask({ kind: 'sendSasl', line: command(`AUTH ${mechanism}`) });
  return challenged(answer);
}

/** AUTH and the first response, in one line where it fits; gives the answer to the response. */
export function* begin(mechanism: string, response: Buffer): Dialog<Answer> {
  const line = command(`AUTH ${mechanism} ${response.toString('base64')}`);
  if (line.length <= commandMaxOctets) return yield* ask({ kind: 'sendSasl', line });
  yield* invite(mechanism);
  return yield* respond(response);
}

/** One response; an empty one is an empty line. */
export function* respond(response: Buffer): Dialog<Answer> {
  return yield* ask({ kind: 'sendSasl', line: command(response.toString('base64')) });
}

/** The answer, if it is a challenge. +OK before all has been proven is no login. */
export function challenged(answer: Answer): Answer {
  if (answer.isChallenge) return answer;
  if (answer.reply.isOk) throw protocolViolation('a login without proof');
  throw refusedByUpstream('UPSTREAM_LOGIN_REFUSED', answer.reply);
}

/** The challenge, decoded. */
export function challengeIn(answer: Answer): Buffer {
  const text = challenged(answer).lines[0]?.toString('latin1').trim() ?? '';
  const challenge = decodeBase64Line(text);
  if (challenge === undefined) throw protocolViolation('a challenge that is not base64');
  return challenge;
}

/** The end of a login: +OK. */
export function expectSuccess(answer: Answer): void {
  if (answer.isChallenge) throw protocolViolation('an unexpected challenge');
  if (!answer.reply.isOk) throw refusedByUpstream('UPSTREAM_LOGIN_REFUSED', answer.reply);
}

/** The end of a login that the server has called failed already. */
export function expectRefusal(
  answer: Answer,
  details: Readonly<Record<string, unknown>> = {},
): never {
  if (answer.isChallenge) throw protocolViolation('an unexpected challenge');
  if (answer.reply.isOk) throw protocolViolation('a login that failed and did not fail');
  const reply = { ...answer.reply, code: answer.reply.code ?? 'AUTH' };
  throw refusedByUpstream('UPSTREAM_LOGIN_REFUSED', reply, details);
}
