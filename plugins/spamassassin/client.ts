// Owns asking one spamd one thing: connection, conversation, and which answers are a failure of the server.
import { ServerFailure } from '#plugin-api';
import { AnswerError, parseAnswer, type SpamdAnswer } from './answer.ts';
import { connect } from './connection.ts';
import { converse, type Question } from './conversation.ts';
import { addressName, type SpamdAddress } from './server-options.ts';

export class SpamdServer {
  readonly name: string;
  readonly #address: SpamdAddress;
  readonly #connectTimeoutMs: number;

  constructor(address: SpamdAddress, connectTimeoutMs: number) {
    this.name = addressName(address);
    this.#address = address;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /**
   * What `read` makes of the answer. Rejects with a `ServerFailure`, with the reason of the signal, or
   * with the error of a content that cannot be read.
   */
  async ask<T>(
    question: Question,
    read: (answer: SpamdAnswer) => T,
    signal: AbortSignal,
  ): Promise<T> {
    try {
      const socket = await connect(this.#address, this.#connectTimeoutMs, signal);
      return read(parseAnswer(await converse(socket, question, signal)));
    } catch (error) {
      if (error instanceof AnswerError) throw this.#failure('broken', error);
      if (error instanceof ServerFailure) throw this.#failure(error.kind, error);
      throw error;
    }
  }

  #failure(kind: ServerFailure['kind'], cause: Error): ServerFailure {
    return new ServerFailure(kind, `${this.name}: ${cause.message}`, { cause });
  }
}

/** An answer that is one; the others begin with a code of sysexits.h. */
export function expectOk(answer: SpamdAnswer): SpamdAnswer {
  if (answer.code === 0) return answer;
  throw new AnswerError(`spamd refused: ${answer.code} ${answer.text.slice(0, 200)}`);
}
