// Owns a message that passes from upstream to client without being looked at, in the form it has on the
// wire. Nothing leaves before `send`, so that until then there can be a -ERR.
import { type AppError, toAppError } from '../base/errors.ts';
import type { MemoryBudget } from '../pipeline/memory-budget.ts';
import { messageTooLarge } from '../pipeline/spool.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { WireSink } from '../upstream/content-framing.ts';
import type { ClientOutput } from './client-output.ts';
import { messageNotHeld } from './message-not-held.ts';

export interface RelayRequest {
  readonly upstreamNumber: number;
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  readonly maxOctets: number;
  /** Of a message that nobody waits for yet; undefined where the upstream is to wait for `send`. */
  readonly ahead: Ahead | undefined;
}

/** What is taken from the upstream of a message that others wait behind; of one that has more, nothing. */
export interface Ahead {
  readonly maxOctets: number;
  readonly budget: MemoryBudget;
}

export class RelayedMessage implements WireSink, AsyncDisposable {
  readonly kind = 'relayed';
  readonly #request: RelayRequest;
  readonly #begun = Promise.withResolvers<void>();
  /** Resolves when there is nothing more to wait for, be it for a failure. */
  readonly arrived: Promise<void>;
  #state: 'coming' | 'complete' | 'given up' = 'coming';
  #isWanted = false;
  /** What has come before `send`. */
  #waiting: Buffer[] = [];
  /** Taken from the budget. */
  #budgetOctets = 0;
  #output: ClientOutput | undefined;
  #resume: (() => void) | undefined;
  #octets = 0;
  #failure: AppError | undefined;

  /** Sends RETR, or TOP. */
  constructor(upstream: UpstreamClient, request: RelayRequest) {
    this.#request = request;
    this.#begun.promise.catch(() => {});
    this.arrived = upstream.relay(request.upstreamNumber, this, request.bodyLines).then(
      () => {
        if (this.#state === 'coming') this.#state = 'complete';
      },
      (error: unknown) => {
        this.#failure ??= toAppError(error);
        this.#begun.reject(this.#failure);
      },
    );
  }

  /** Why the message will never be complete. */
  get failure(): AppError | undefined {
    return this.#failure;
  }

  /** The first octets are here. */
  get hasBegun(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when the first octets are here, for whoever is to `send`; rejects when there are none. */
  begin(): Promise<void> {
    this.#isWanted = true;
    return this.#begun.promise;
  }

  /**
   * Sends the message after its status line (undefined: that has been sent). Returns the octets of
   * content; rejects, without the terminator, when not all of it comes.
   */
  async send(output: ClientOutput, status: Buffer | undefined): Promise<number> {
    const first = status === undefined ? this.#waiting : [status, ...this.#waiting];
    this.#letGo();
    this.#output = output;
    output.writeNow(first);
    if (this.#state !== 'complete') {
      this.#goOn();
      await this.arrived;
      if (this.#failure !== undefined) throw this.#failure;
    }
    await output.room();
    return this.#octets;
  }

  write(wire: Buffer, contentOctets: number): boolean {
    this.#octets += contentOctets;
    if (this.#octets > this.#request.maxOctets) this.#fail(messageTooLarge());
    if (this.#state === 'given up') return true;
    if (this.#output === undefined) return this.#keep(wire);
    try {
      return this.#output.pass(wire);
    } catch (error) {
      this.#fail(toAppError(error));
    }
  }

  onDrain(resume: () => void): void {
    if (this.#output === undefined) this.#resume = resume;
    else this.#output.onRoom(resume);
  }

  /** What still comes is dropped, so that the session upstream can go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#giveUp();
  }

  #keep(wire: Buffer): boolean {
    const { ahead } = this.#request;
    const isEarly = ahead !== undefined && !this.#isWanted;
    if (isEarly && !this.#hasRoom(wire.length, ahead)) {
      this.#failure = messageNotHeld();
      this.#begun.reject(this.#failure);
      this.#giveUp();
      return true;
    }
    this.#waiting.push(wire);
    this.#begun.resolve();
    return isEarly;
  }

  #hasRoom(octets: number, { maxOctets, budget }: Ahead): boolean {
    if (this.#octets > maxOctets || !budget.tryTake(octets)) return false;
    this.#budgetOctets += octets;
    return true;
  }

  #letGo(): void {
    this.#waiting = [];
    this.#request.ahead?.budget.release(this.#budgetOctets);
    this.#budgetOctets = 0;
  }

  #giveUp(): void {
    this.#state = 'given up';
    this.#letGo();
    this.#goOn();
  }

  /** Once: later the upstream may be waiting for somebody else. */
  #goOn(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** Costs the connection to the upstream, which has no other way to end a message. */
  #fail(error: AppError): never {
    this.#failure ??= error;
    throw error;
  }
}
