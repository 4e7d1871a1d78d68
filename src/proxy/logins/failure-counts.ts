// Owns how often each of many has failed lately, and from when on it may try again. Bounded, and forgets
// by time alone. It knows nothing of what is counted.

/** How failures become waiting. `freeFailures` undefined: never. */
export interface Pace {
  readonly freeFailures: number | undefined;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** In which half of the failures is forgotten. */
  readonly halfLifeMs: number;
}

interface Entry {
  failures: number;
  /** When `failures` was right. */
  atMs: number;
  /** Before this nobody else may try. */
  freeAtMs: number;
}

/** How many of the longest unused are compared when one has to go. */
const candidates = 8;

export class FailureCounts {
  #pace: Pace;
  #maxEntries: number;
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry>();

  constructor(pace: Pace, maxEntries: number) {
    this.#pace = pace;
    this.#maxEntries = maxEntries;
  }

  setPace(pace: Pace, maxEntries: number): void {
    this.#pace = pace;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is left of the failures by now. */
  failures(key: string, nowMs: number): number {
    const entry = this.#entries.get(key);
    return entry === undefined ? 0 : this.#left(entry, nowMs);
  }

  /** How long the next attempt has to wait. */
  waitMs(key: string, nowMs: number): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#delayMs(entry, nowMs) === 0) return 0;
    return Math.max(0, entry.freeAtMs - nowMs);
  }

  /** An attempt is about to be made in `waitMs`; the one after it waits for longer. */
  reserve(key: string, waitMs: number, nowMs: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const delayMs = this.#delayMs(entry, nowMs);
    if (delayMs > 0) entry.freeAtMs = Math.max(entry.freeAtMs, nowMs + waitMs) + delayMs;
  }

  failed(key: string, nowMs: number): void {
    const known = this.#entries.get(key);
    const entry = known ?? { failures: 0, atMs: nowMs, freeAtMs: 0 };
    entry.failures = Math.min(this.#mostFailures, this.#left(entry, nowMs) + 1);
    entry.atMs = nowMs;
    entry.freeAtMs = Math.max(entry.freeAtMs, nowMs + this.#delayMs(entry, nowMs));
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    while (this.#entries.size > this.#maxEntries) this.#evict(nowMs);
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** For how long its attempts may have to wait; 0 when none has to. */
  slowForMs(key: string, nowMs: number): number {
    const { freeFailures, halfLifeMs } = this.#pace;
    const failures = this.failures(key, nowMs);
    if (freeFailures === undefined || Math.round(failures) < freeFailures) return 0;
    return halfLifeMs * Math.log2(failures / (freeFailures - 0.5)) + 1;
  }

  /** More would only make it last longer, and an attack must not be felt for hours. */
  get #mostFailures(): number {
    const { freeFailures = 0, firstDelayMs, maxDelayMs } = this.#pace;
    return freeFailures + Math.ceil(Math.log2(Math.max(1, maxDelayMs / firstDelayMs))) + 1;
  }

  #left({ failures, atMs }: Entry, nowMs: number): number {
    return failures * 2 ** ((atMs - nowMs) / this.#pace.halfLifeMs);
  }

  #delayMs(entry: Entry, nowMs: number): number {
    const { freeFailures, firstDelayMs, maxDelayMs } = this.#pace;
    // Rounded, since what has just been counted has begun to be forgotten.
    const failures = Math.round(this.#left(entry, nowMs));
    if (freeFailures === undefined || failures < freeFailures) return 0;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** (failures - freeFailures));
  }

  /**
   * Of the longest unused, the one with the fewest failures: whoever makes up names to fill the memory
   * drives out those made up before.
   */
  #evict(nowMs: number): void {
    let least: string | undefined;
    let leastFailures = Number.POSITIVE_INFINITY;
    let seen = 0;
    for (const [key, entry] of this.#entries) {
      if (seen === candidates) break;
      seen += 1;
      const failures = this.#left(entry, nowMs);
      if (failures >= leastFailures) continue;
      least = key;
      leastFailures = failures;
    }
    if (least !== undefined) this.#entries.delete(least);
  }
}
