// Owns how the steps of a dialog become questions on a connection, and answers the next steps. What is
// said, and in which order, is the dialog's; how long it may take is client.ts.

import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { capabilityMaxLines } from '../pop3/limits.ts';
import type { VerifiedOptions } from '../tls/upgrade.ts';
import type { Expected } from './answer-reader.ts';
import type { UpstreamConnection } from './connection.ts';
import type { ScramHash } from './scram.ts';
import type { Answer, Dialog, DialogStep, StepResult } from './step.ts';

/** Where a step leads; whichever comes is called once, or first. */
interface Outcome {
  proceed(result: StepResult): void;
  failed(error: unknown): void;
}

const deriveBits = promisify(pbkdf2);
const hashOctets: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32 };

const reply: Expected = { kind: 'reply' };
const sasl: Expected = { kind: 'sasl' };
const secured: Answer = {
  reply: { isOk: true, code: undefined, text: '' },
  lines: [],
  isChallenge: false,
};

export class DialogPlayer {
  readonly #connection: UpstreamConnection;
  readonly #trust: VerifiedOptions;

  constructor(connection: UpstreamConnection, trust: VerifiedOptions) {
    this.#connection = connection;
    this.#trust = trust;
  }

  /** Plays it to its end. An answer leads to the next step at once, not a turn later. */
  play<Result>(dialog: Dialog<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const advance = (...result: [] | [StepResult]): void => {
        try {
          const step = dialog.next(...result);
          if (step.done === true) resolve(step.value);
          else this.#perform(step.value, outcome);
        } catch (error) {
          reject(error);
        }
      };
      const outcome: Outcome = { proceed: (result) => advance(result), failed: reject };
      advance();
    });
  }

  #perform(step: DialogStep, outcome: Outcome): void {
    switch (step.kind) {
      case 'awaitGreeting':
        this.#connection.greeting.then(outcome.proceed, outcome.failed);
        return;
      case 'send':
        this.#ask(step.line, reply, outcome.proceed, outcome);
        return;
      case 'sendSasl':
        this.#ask(step.line, sasl, outcome.proceed, outcome);
        return;
      case 'sendForLines':
        this.#askForLines(step.line, outcome);
        return;
      case 'sendTogether':
        this.#askTogether(step.lines, outcome);
        return;
      case 'startTls':
        this.#secure().then(outcome.proceed, outcome.failed);
        return;
      case 'deriveKey': {
        const { password, salt, iterations, hash } = step.request;
        const octets = hashOctets[hash];
        deriveBits(password, salt, iterations, octets, hash).then(outcome.proceed, outcome.failed);
      }
    }
  }

  #ask(
    line: Buffer,
    expected: Expected,
    answered: (answer: Answer) => void,
    { failed }: Outcome,
  ): void {
    this.#connection.put({ line, expected, answered, failed });
  }

  #askForLines(line: Buffer, outcome: Outcome): void {
    const lines: Buffer[] = [];
    const take = (octets: Buffer, start: number, end: number): void =>
      void lines.push(octets.subarray(start, end));
    const expected: Expected = { kind: 'lines', maxLines: capabilityMaxLines, take };
    this.#ask(line, expected, (answer) => outcome.proceed({ ...answer, lines }), outcome);
  }

  #askTogether([first, second]: readonly [Buffer, Buffer], outcome: Outcome): void {
    const connection = this.#connection;
    let toFirst: Answer | undefined;
    const firstAnswered = (answer: Answer): void => {
      toFirst = answer;
      // After a refusal a server may leave, so that no second answer comes.
      if (!answer.reply.isOk) outcome.proceed([answer]);
    };
    const secondAnswered = (answer: Answer): void => {
      if (toFirst?.reply.isOk === true) outcome.proceed([toFirst, answer]);
    };
    connection.mayPipeline = true;
    connection.together(() => {
      this.#ask(first, reply, firstAnswered, outcome);
      this.#ask(second, reply, secondAnswered, outcome);
    });
  }

  async #secure(): Promise<Answer> {
    // What has come is read to its end before: a surplus would not have been encrypted.
    await Promise.resolve();
    await this.#connection.secure(this.#trust);
    return secured;
  }
}
