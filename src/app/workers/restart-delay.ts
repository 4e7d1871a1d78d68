// Owns how long a worker that has ended stays down. Pure.

const longEnoughMs = 60_000;
const firstDelayMs = 250;
const longestDelayMs = 30_000;

/** At once for one that has served for a while; later and later for one that ends as soon as it starts. */
export class RestartDelay {
  #failures = 0;

  /** After a life that lasted so long. */
  nextMs(livedMs: number): number {
    if (livedMs >= longEnoughMs) this.#failures = 0;
    const failures = this.#failures++;
    if (failures === 0) return 0;
    return Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
  }
}
