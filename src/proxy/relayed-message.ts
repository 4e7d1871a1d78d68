// Owns a message that passes from upstream to client without being looked at or stored: whoever is slower
// sets the pace. Nothing leaves before `send`, so that until then there can be a -ERR.
import { toAppError } from '../base/errors.ts';
import { messageTooLarge } from '../pipeline/spool.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { WireSink } from '../upstream/content-framing.ts';
import type { ClientOutput } from './client-output.ts';

export interface RelayRequest {
  readonly upstreamNumber: number;
  /** Undefined for RETR. */
  readonly bodyLines: number | undefined;
  readonly maxOctets: number;
}

export class RelayedMessage implements WireSink {
  readonly #maxOctets: number;
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  /** What has come before `send`. */
  #waiting: Buffer[] = [];
  #output: ClientOutput | undefined;
  #resume: (() => void) | undefined;
  #octets = 0;
  #failure: unknown;

  /** Sends RETR, or TOP. */
  constructor(upstream: UpstreamClient, request: RelayRequest) {
    const { upstreamNumber, bodyLines, maxOctets } = request;
    this.#maxOctets = maxOctets;
    this.#ended = upstream.relay(upstreamNumber, this, bodyLines);
    this.#ended.catch((error: unknown) => this.#begun.reject(this.#failure ?? error));
    this.#begun.promise.catch(() => {});
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
    this.#resume?.();
    try {
      await this.#ended;
    } catch (error) {
      throw this.#failure ?? error;
    }
    await output.room();
    return this.#octets;
  }

  write(wire: Buffer, contentOctets: number): boolean {
    this.#octets += contentOctets;
    if (this.#octets > this.#maxOctets) this.#fail(messageTooLarge());
    const output = this.#output;
    if (output === undefined) {
      this.#waiting.push(wire);
      this.#begun.resolve();
      return false;
    }
    try {
      return output.gather(wire);
    } catch (error) {
      this.#fail(error);
    }
  }

  onDrain(resume: () => void): void {
    if (this.#output === undefined) this.#resume = resume;
    else this.#output.onRoom(resume);
  }

  /** Costs the connection to the upstream, which has no other way to end a message. */
  #fail(error: unknown): never {
    this.#failure = toAppError(error);
    throw error;
  }
}
