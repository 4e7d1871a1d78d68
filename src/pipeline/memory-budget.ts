// Owns how many octets of messages all sessions together keep in memory.

export class MemoryBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes the octets if there is room; otherwise takes nothing and the caller uses a file. */
  tryTake(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** For what can as well be fetched later: it leaves half of the room to what is needed now. */
  isHalfFree(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.#limitBytes / 2;
  }

  /** For those who have asked `isHalfFree`. */
  take(bytes: number): void {
    this.#usedBytes += bytes;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
