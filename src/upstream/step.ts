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

/** A Buffer is the key of a `deriveKey`; all other steps lead to an Answer. */
export type StepResult = Answer | Buffer;

export type Dialog<Result> = Generator<DialogStep, Result, StepResult>;

export function* ask(step: AskStep): Dialog<Answer> {
  const result = yield step;
  if (Buffer.isBuffer(result)) throw new Error('a key is no answer of a server');
  return result;
}

export function* deriveKey(request: KeyRequest): Dialog<Buffer> {
  const result = yield { kind: 'deriveKey', request };
  if (!Buffer.isBuffer(result)) throw new Error('an answer of a server is no key');
  return result;
}

export function command(...parts: (string | Buffer)[]): Buffer {
  const octets = parts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
  );
  return Buffer.concat([...octets, Buffer.from('\r\n')]);
}
