// Owns one message that has been asked for at the upstream: its octets as they arrive, and the judgement
// on it, which may have been made before the client asked.
import { type AppError, toAppError } from '../base/errors.ts';
import type { Turns } from '../base/turns.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { Judgement, Pipeline } from '../pipeline/pipeline.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { UpstreamClient } from '../upstream/client.ts';

export interface FetchServices {
  readonly pipeline: Pipeline;
  readonly spool: SpoolOptions;
}

export interface Judged {
  readonly message: ArrivingMessage;
  readonly judgement: Judgement;
}

export class FetchedMessage implements AsyncDisposable {
  readonly kind = 'fetched';
  readonly #facts: MessageFacts;
  readonly #pipeline: Pipeline;
  readonly spool: Spool;
  #judged: Promise<Judged> | undefined;
  /** Resolves when there is nothing more to wait for, be it for a failure. */
  readonly arrived: Promise<void>;

  /** Sends RETR. The end or the failure of the message is seen through the spool. */
  constructor(
    facts: MessageFacts,
    upstreamNumber: number,
    upstream: UpstreamClient,
    services: FetchServices,
  ) {
    this.#facts = facts;
    this.#pipeline = services.pipeline;
    this.spool = new Spool(services.spool);
    this.arrived = upstream.retrieve(upstreamNumber, this.spool).then(
      () => this.spool.complete(),
      (error: unknown) => this.spool.fail(toAppError(error)),
    );
  }

  /** Why the message will never be complete. */
  get failure(): AppError | undefined {
    return this.spool.failure;
  }

  /** Judges a message that has arrived, when there is a turn, unless the client has asked by then. */
  judgeEarly(turns: Turns, signal: AbortSignal): void {
    turns
      .take(signal, async () => {
        if (this.#judged === undefined && this.spool.isComplete) await this.#judge(signal);
      })
      // Whoever asks for the message meets the failure himself.
      .catch(() => {});
  }

  /** For the delivery. What could not be judged early is tried again. */
  async judgement(signal: AbortSignal): Promise<Judged> {
    const early = await this.#judged?.catch(() => undefined);
    const isFinal = early?.judgement.verdicts.every(({ verdict }) => verdict.kind !== 'tempfail');
    return early !== undefined && isFinal === true ? early : this.#judge(signal);
  }

  #judge(signal: AbortSignal): Promise<Judged> {
    const message = new ArrivingMessage(this.#facts, this.spool);
    this.#judged = this.#pipeline
      .judge(message, signal)
      .then((judgement) => ({ message, judgement }));
    return this.#judged;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.spool[Symbol.asyncDispose]();
  }
}
