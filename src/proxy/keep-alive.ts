// Owns keeping a client's patience while its message is fetched and judged: whole header lines, since
// clients count the time per line. The first of them is a commitment: from then on there is a message
// or a cut connection, never a -ERR.
import type { Clock, Timer } from '../base/clock.ts';
import type { ClientOutput } from './client-output.ts';

/** The smallest common patience of clients is a minute; some give up after half of that. */
const firstMs = 15_000;
const nextMs = 10_000;

export interface KeepAlivePromise {
  /** The +OK line that the first tick sends. */
  status(): Buffer;
}

export class KeepAlive {
  readonly #clock: Clock;
  readonly #output: ClientOutput;
  readonly #promise: KeepAlivePromise;
  #timer: Timer | undefined;
  #lines = 0;
  #octets = 0;
  #isForbidden = false;

  constructor(clock: Clock, output: ClientOutput, promise: KeepAlivePromise) {
    this.#clock = clock;
    this.#output = output;
    this.#promise = promise;
  }

  /** The client is not given a line before the message itself. */
  forbid(): void {
    this.#isForbidden = true;
  }

  start(): void {
    if (this.#isForbidden) return;
    this.#timer = this.#clock.after(firstMs, () => this.#tick());
  }

  /** The client has been promised a message. */
  get hasBegun(): boolean {
    return this.#lines > 0;
  }

  /** Octets of the message that have been sent. */
  get octets(): number {
    return this.#octets;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    const line = Buffer.from(`X-Postern-Wait: ${this.#lines + 1}\r\n`);
    try {
      this.#output.writeNow(this.hasBegun ? [line] : [this.#promise.status(), line]);
    } catch {
      // The client is gone; whoever waits for the message is told so by its signal.
      return;
    }
    this.#lines += 1;
    this.#octets += line.length;
    this.#timer = this.#clock.after(nextMs, () => this.#tick());
  }
}
