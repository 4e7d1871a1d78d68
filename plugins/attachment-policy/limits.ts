// Owns how much work one message can make, and the count of it.

export interface ArchiveLimits {
  /** Largest archive that is held in memory. */
  readonly maxArchiveBytes: number;
  /** Over all archives of a message. */
  readonly maxEntries: number;
  /** Over all archives of a message. */
  readonly maxInflatedBytes: number;
  /** Of an archive within an archive: its octets to those that it was packed into. */
  readonly maxRatio: number;
  /** 1 is an archive in the message, 2 an archive in that. */
  readonly maxDepth: number;
}

const megabyte = 1024 * 1024;

export const defaultLimits: ArchiveLimits = {
  maxArchiveBytes: 25 * megabyte,
  maxEntries: 1000,
  maxInflatedBytes: 50 * megabyte,
  maxRatio: 200,
  maxDepth: 2,
};

/** The work on one message. */
export class ArchiveWork {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  #entries = 0;
  #inflatedBytes = 0;

  constructor(limits: ArchiveLimits, signal: AbortSignal) {
    this.limits = limits;
    this.signal = signal;
  }

  /** Why no further entry may be looked at; undefined when it may. */
  startEntry(): string | undefined {
    this.signal.throwIfAborted();
    this.#entries += 1;
    if (this.#entries > this.limits.maxEntries) return 'it has too many files in it';
    return this.remainingBytes > 0 ? undefined : 'it unpacks to too much';
  }

  get remainingBytes(): number {
    return this.limits.maxInflatedBytes - this.#inflatedBytes;
  }

  countInflated(bytes: number): void {
    this.#inflatedBytes += bytes;
  }
}
