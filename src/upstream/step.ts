// Owns the vocabulary of a conversation with an upstream: what a dialog can ask for and what it is
// given. A dialog is a generator, so that it can be played from a script without a socket.
import type { Reply } from '../pop3/reply.ts';
import type { KeyRequest } from './scram.ts';

/** Steps that the server answers. */
export type AskStep =
  | { readonly kind: 'awaitGreeting' }
  | { readonly kind: 'send'; readonly line: Buffer }
  | { readonly kind: 'sendForLines'; readonly line: Buffer }
  /** The answer may be a challenge. */
  | { readonly kind: 'sendSasl'; readonly line: Buffer }
  | { readonly kind: 'startTls' };

export type DialogStep =
  | AskStep
  /** To a server that has announced PIPELINING: both in one segment. */
  | { readonly kind: 'sendTogether'; readonly lines: readonly [Buffer, Buffer] }
  /** PBKDF2, which takes too long for the thread that serves everybody. */
  | { readonly kind: 'deriveKey'; readonly request: KeyRequest };

/** A reply; `lines` is empty unless lines were asked for and the reply is +OK. */
export interface Answer {
  readonly reply: Reply;
  /** Of a challenge: its text, as sent. */
  readonly lines: readonly Buffer[];
  /** A SASL "+" line; `reply` is then meaningless. */
  readonly isChallenge: boolean;
}

/** Of what was sent together: the second is not waited for when the first is a refusal. */
export type Answers = readonly [Answer, Answer?];

/** A Buffer is the key of a `deriveKey`; `sendTogether` leads to Answers, all else to an Answer. */
export type StepResult = Answer | Answers | Buffer;

export type Dialog<Result> = Generator<DialogStep, Result, StepResult>;

export function* ask(step: AskStep): Dialog<Answer> {
  const result = yield step;
  if ('reply' in result) return result;
  throw new Error('this is no answer of a server');
}

export function* askTogether(first: Buffer, second: Buffer): Dialog<Answers> {
  const result = yield { kind: 'sendTogether', lines: [first, second] };
  if (isAnswers(result)) return result;
  throw new Error('these are no answers of a server');
}

export function* deriveKey(request: KeyRequest): Dialog<Buffer> {
  const result = yield { kind: 'deriveKey', request };
  if (!Buffer.isBuffer(result)) throw new Error('an answer of a server is no key');
  return result;
}

function isAnswers(result: StepResult): result is Answers {
  return Array.isArray(result);
}

/** A line for the server; text is octets in latin1. */
export function command(...parts: readonly (string | Buffer)[]): Buffer {
  const line = Buffer.allocUnsafe(parts.reduce((octets, { length }) => octets + length, 2));
  let end = 0;
  for (const part of parts) {
    end += typeof part === 'string' ? line.write(part, end, 'latin1') : part.copy(line, end);
  }
  line.write('\r\n', end, 'latin1');
  return line;
}
