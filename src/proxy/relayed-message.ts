// Owns a message that passes from upstream to client without being looked at, in the form it has on the
// wire. Nothing leaves before `send`, so that until then there can be a -ERR.
import { type AppError, toAppError } from '../base/errors.ts';
import { messageTooLarge } from '../pipeline/spool.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { WireSink } from '../upstream/content-framing.ts';
import type { ClientOutput } from './client-output.ts';

export interface RelayRequest {
  readonly upstreamNumber: number;
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  readonly maxOctets: number;
  /**
   * Octets that are taken from the upstream before `send`. A message that others wait behind must fit:
   * a larger one fails.
   */
  readonly aheadOctets: number;
}

export class RelayedMessage implements WireSink, AsyncDisposable {
  readonly kind = 'relayed';
  readonly #request: RelayRequest;
  readonly #begun = Promise.withResolvers<void>();
  /** Resolves when there is nothing more to wait for, be it for a failure. */
  readonly arrived: Promise<void>;
  #state: 'coming' | 'complete' | 'given up' = 'coming';
  /** What has come before `send`. */
  #waiting: Buffer[] = [];
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
        this.#state = 'complete';
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

  /** Resolves when the first octets are here; rejects when the upstream has none. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /**
   * Sends the message after its status line (undefined: that has been sent). Returns the octets of
   * content; rejects, without the terminator, when not all of it comes.
   */
  async send(output: ClientOutput, status: Buffer | undefined): Promise<number> {
    const first = status === undefined ? this.#waiting : [status, ...this.#waiting];
    this.#waiting = [];
    this.#output = output;
    output.writeNow(first);
    if (this.#state !== 'complete') {
      this.#resume?.();
      await this.arrived;
      if (this.#failure !== undefined) throw this.#failure;
    }
    await output.room();
    return this.#octets;
  }

  write(wire: Buffer, contentOctets: number): boolean {
    if (this.#state === 'given up') return true;
    const { maxOctets, aheadOctets } = this.#request;
    this.#octets += contentOctets;
    if (this.#octets > maxOctets) this.#fail(messageTooLarge());
    if (this.#output === undefined) {
      this.#waiting.push(wire);
      this.#begun.resolve();
      if (aheadOctets === 0) return false;
      if (this.#octets > aheadOctets) this.#fail(messageTooLarge());
      return true;
    }
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
    this.#state = 'given up';
    this.#waiting = [];
    this.#resume?.();
  }

  /** Costs the connection to the upstream, which has no other way to end a message. */
  #fail(error: AppError): never {
    this.#failure ??= error;
    throw error;
  }
}
