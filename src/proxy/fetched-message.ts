// Owns one message that has been asked for at the upstream: its octets as they arrive, and the judgement
// on it, which may have been made before the client asked.
import { type AppError, toAppError } from '../base/errors.ts';
import type { Turns } from '../base/turns.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import type { Judgement, Pipeline } from '../pipeline/pipeline.ts';
import { Spool, type SpoolOptions } from '../pipeline/spool.ts';
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { ContentSink } from '../upstream/content-framing.ts';
import { messageNotHeld } from './message-not-held.ts';

export interface FetchServices {
  readonly pipeline: Pipeline;
  readonly spool: SpoolOptions;
}

export interface FetchRequest {
  readonly upstreamNumber: number;
  /** Taken of a message that nobody waits for yet, of one that has more nothing; undefined: all. */
  readonly aheadOctets: number | undefined;
}

export interface Judged {
  readonly message: ArrivingMessage;
  readonly judgement: Judgement;
}

export class FetchedMessage implements ContentSink, AsyncDisposable {
  readonly kind = 'fetched';
  readonly #facts: MessageFacts;
  readonly #pipeline: Pipeline;
  readonly spool: Spool;
  /** Undefined once somebody waits. */
  #aheadOctets: number | undefined;
  #judged: Promise<Judged> | undefined;
  /** Resolves when there is nothing more to wait for, be it for a failure. */
  readonly arrived: Promise<void>;

  /** Sends RETR. The end or the failure of the message is seen through the spool. */
  constructor(
    facts: MessageFacts,
    { upstreamNumber, aheadOctets }: FetchRequest,
    upstream: UpstreamClient,
    services: FetchServices,
  ) {
    this.#facts = facts;
    this.#pipeline = services.pipeline;
    this.spool = new Spool(services.spool);
    this.#aheadOctets = aheadOctets;
    this.arrived = upstream.retrieve(upstreamNumber, this).then(
      () => this.spool.complete(),
      (error: unknown) => this.spool.fail(toAppError(error)),
    );
  }

  /** Why the message will never be complete. */
  get failure(): AppError | undefined {
    return this.spool.failure;
  }

  write(content: Buffer): boolean {
    const wantsMore = this.spool.write(content);
    if (this.#aheadOctets === undefined || this.spool.octets <= this.#aheadOctets) return wantsMore;
    this.spool.fail(messageNotHeld());
    void this.spool[Symbol.asyncDispose]();
    return true;
  }

  onDrain(resume: () => void): void {
    this.spool.onDrain(resume);
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
    this.#aheadOctets = undefined;
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
