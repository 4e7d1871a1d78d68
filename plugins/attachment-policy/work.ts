// Owns how much work one message can make, and the count of it.
import { setImmediate } from 'node:timers/promises';
import type { Clock, Timer } from '#plugin-api';
import type { Trait } from './trait.ts';

export interface Limits {
  /** 1 is an archive in the message, 2 an archive in that. */
  readonly maxDepth: number;
  /** Over all archives of a message. */
  readonly maxEntries: number;
  /** Over all archives and documents of a message. */
  readonly maxInflatedBytes: number;
  /** Octets that come out of an attachment to those that it has. */
  readonly maxRatio: number;
  /** Largest file that is held in memory, because it cannot be read from front to back. */
  readonly maxHeldBytes: number;
  /** Over all that is unpacked of a message, once it has arrived. */
  readonly maxTimeMs: number;
}

/** Below this no ratio counts: a page of blanks is no bomb. */
export const ratioFloorBytes = 16 * 1024 * 1024;

/** For which other sessions may wait while octets that are there already are gone through. */
const longestStretchMs = 10;

/** Why a file is looked into no further, as a trait of that file. */
export class StopError extends Error {
  override readonly name = 'StopError';
  readonly trait: Trait;

  constructor(trait: Trait, reason: string) {
    super(reason);
    this.trait = trait;
  }
}

/** The work on one message. */
export class Work {
  readonly limits: Limits;
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  /** Of the work on one attachment, while there is one. */
  #turn: { readonly endsMs: number } | undefined;
  #expiry: { readonly signal: AbortSignal; readonly timer: Timer } | undefined;
  #usedMs = 0;
  #entries = 0;
  #inflatedBytes = 0;
  #inflatedHere = 0;
  #packedHere = 0;
  #pausedMs = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(limits: Limits, clock: Clock, signal: AbortSignal) {
    this.limits = limits;
    this.#clock = clock;
    this.#outer = signal;
  }

  /** Aborts when nobody wants the result, and when the time is up. For what waits for others. */
  get signal(): AbortSignal {
    if (this.#turn === undefined) return this.#outer;
    this.#expiry ??= this.#expireAt(this.#turn.endsMs);
    return this.#expiry.signal;
  }

  get inflatedBytes(): number {
    return this.#inflatedBytes;
  }

  /** Throws when nobody wants the result, and StopError when the time is up. */
  check(): void {
    this.#outer.throwIfAborted();
    if (this.#isLate) throw timeIsUp();
  }

  /** The message itself could not be read, which is no fault of any file in it. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
  }

  /**
   * What an error means that ended the look into a file: the limit that was reached, or undefined for
   * damage of the file. Throws what is about the message as a whole.
   */
  stopReason(error: unknown): StopError | undefined {
    this.#outer.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.reason;
    if (error instanceof StopError) return error;
    return this.#isLate ? timeIsUp() : undefined;
  }

  /** Runs the work on one attachment under what is left of the time. Pieces of work do not overlap. */
  async onAttachment<T>(work: () => Promise<T>): Promise<T> {
    this.#inflatedHere = 0;
    this.#packedHere = 0;
    const startedMs = this.#clock.monotonicMs();
    const leftMs = Math.max(0, this.limits.maxTimeMs - this.#usedMs);
    this.#turn = { endsMs: startedMs + leftMs };
    this.#pausedMs = startedMs;
    try {
      return await work();
    } finally {
      this.#expiry?.timer.cancel();
      this.#expiry = undefined;
      this.#turn = undefined;
      this.#usedMs += this.#clock.monotonicMs() - startedMs;
    }
  }

  /** Lets others run. Octets in memory come without any waiting, and timers would never fire. */
  async breathe(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#pausedMs >= longestStretchMs) {
      await setImmediate();
      this.#pausedMs = this.#clock.monotonicMs();
    }
    this.check();
  }

  /** One more file within a file. */
  startEntry(): void {
    this.check();
    this.#entries += 1;
    if (this.#entries > this.limits.maxEntries) {
      throw new StopError('archive-bomb', 'it has too many files in it');
    }
  }

  /** Octets of the attachment itself. */
  countPacked(octets: number): void {
    this.#packedHere += octets;
  }

  /** Octets that came out of a file within the attachment, packed or not. */
  countInflated(octets: number): void {
    this.check();
    this.#inflatedBytes += octets;
    this.#inflatedHere += octets;
    if (this.#inflatedBytes > this.limits.maxInflatedBytes) {
      throw new StopError('too-large', 'it unpacks to too much');
    }
    this.checkRatio(this.#inflatedHere, this.#packedHere);
  }

  /** Also for what an archive claims of itself. */
  checkRatio(inflatedBytes: number, packedBytes: number): void {
    const allowed = Math.max(ratioFloorBytes, packedBytes * this.limits.maxRatio);
    if (inflatedBytes <= allowed) return;
    throw new StopError('archive-bomb', 'it unpacks to many times its size');
  }

  get #isLate(): boolean {
    return this.#turn !== undefined && this.#clock.monotonicMs() >= this.#turn.endsMs;
  }

  #expireAt(endsMs: number): { readonly signal: AbortSignal; readonly timer: Timer } {
    const expiry = new AbortController();
    const leftMs = Math.max(0, endsMs - this.#clock.monotonicMs());
    const timer = this.#clock.after(leftMs, () => expiry.abort(timeIsUp()));
    return { signal: AbortSignal.any([this.#outer, expiry.signal]), timer };
  }
}

function timeIsUp(): StopError {
  return new StopError('archive-bomb', 'it takes too long to unpack');
}
