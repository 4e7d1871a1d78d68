// Owns questions and answers between two processes. What they are about is messages.ts.
import { explain } from '../../base/errors.ts';

/** What the other side is asked, by name: the question and its answer. Both are plain data. */
export type Questions = Readonly<Record<string, readonly [question: unknown, answer: unknown]>>;
/** What the other side is told, by name. */
export type News = Readonly<Record<string, unknown>>;

/** What goes out from one side. */
export interface Speech {
  readonly questions: Questions;
  readonly news: News;
}

type Promised<T> = T | Promise<T>;

/** What one side does with what it is asked and told. */
export interface Ears<From extends Speech> {
  readonly answers: {
    readonly [K in keyof From['questions']]: (
      question: From['questions'][K][0],
    ) => Promised<From['questions'][K][1]>;
  };
  readonly news: { readonly [K in keyof From['news']]: (value: From['news'][K]) => void };
}

/** One end of the connection between the processes, as `node:child_process` and `node:process` have it. */
export interface Port {
  send(message: object): void;
  onMessage(callback: (message: unknown) => void): void;
  onClose(callback: () => void): void;
}

type Message =
  | {
      readonly kind: 'question';
      readonly id: number;
      readonly name: string;
      readonly value: unknown;
    }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly reason: string }
  | { readonly kind: 'news'; readonly name: string; readonly value: unknown };

/** Messages arrive in the order in which they were sent, and are heard in that order. */
export class Channel<Own extends Speech, Other extends Speech> {
  readonly #port: Port;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #isClosed = false;

  constructor(port: Port, ears: Ears<Other>) {
    this.#port = port;
    const answers: Readonly<Record<string, (question: never) => unknown>> = ears.answers;
    const news: Readonly<Record<string, (value: never) => void>> = ears.news;
    port.onMessage((message) => {
      if (isEnvelope(message)) this.#hear(message.postern, answers, news);
    });
    port.onClose(() => this.#close());
  }

  /** Rejects when the other side fails at it, or ends before it has answered. */
  ask<K extends keyof Own['questions'] & string>(
    name: K,
    value: Own['questions'][K][0],
  ): Promise<Own['questions'][K][1]> {
    if (this.#isClosed) return Promise.reject(gone());
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<Own['questions'][K][1]>();
    this.#open.set(id, waiting as PromiseWithResolvers<unknown>);
    this.#send({ kind: 'question', id, name, value });
    return waiting.promise;
  }

  tell<K extends keyof Own['news'] & string>(name: K, value: Own['news'][K]): void {
    if (!this.#isClosed) this.#send({ kind: 'news', name, value });
  }

  #send(message: Message): void {
    this.#port.send({ postern: message });
  }

  #hear(
    message: Message,
    answers: Readonly<Record<string, (question: never) => unknown>>,
    news: Readonly<Record<string, (value: never) => void>>,
  ): void {
    switch (message.kind) {
      case 'question':
        void this.#answer(message.id, () => answers[message.name]?.(message.value as never));
        return;
      case 'news':
        news[message.name]?.(message.value as never);
        return;
      case 'answer':
        this.#settle(message.id)?.resolve(message.value);
        return;
      case 'failure':
        this.#settle(message.id)?.reject(new Error(message.reason));
    }
  }

  async #answer(id: number, work: () => unknown): Promise<void> {
    let answer: Message;
    try {
      answer = { kind: 'answer', id, value: await work() };
    } catch (error) {
      answer = { kind: 'failure', id, reason: explain(error) };
    }
    if (!this.#isClosed) this.#send(answer);
  }

  #settle(id: number): PromiseWithResolvers<unknown> | undefined {
    const waiting = this.#open.get(id);
    this.#open.delete(id);
    return waiting;
  }

  #close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#open.values()) reject(gone());
    this.#open.clear();
  }
}

function gone(): Error {
  return new Error('the other process has ended');
}

/** Node and its libraries use the same connection for messages of their own. */
interface Envelope {
  readonly postern: Message;
}

function isEnvelope(message: unknown): message is Envelope {
  return typeof message === 'object' && message !== null && 'postern' in message;
}
