// Owns how often one network may ask for a page: nobody needs more, and each request reads a store.
import { type Clock, systemClock } from '../../base/clock.ts';
import { clientNetwork } from '../../proxy/logins/client-network.ts';
import { createMemoryCache } from '../../stores/memory.ts';
import type { Cache } from '../../stores/store.ts';

interface Bucket {
  left: number;
  atMs: number;
}

/** For readers behind one address, such as those of a company. */
const bucketSize = 120;
const refillMs = 500;
const maxNetworks = 10_000;

export class RequestLimit {
  readonly #clock: Clock;
  readonly #buckets: Cache<Bucket>;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#buckets = createMemoryCache(
      { maxEntries: maxNetworks, ttlMs: bucketSize * refillMs },
      clock,
    );
  }

  /** Whether a request from there is answered now. */
  takes(address: string): boolean {
    const network = clientNetwork(address);
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(network) ?? { left: bucketSize, atMs: nowMs };
    const left = Math.min(bucketSize, bucket.left + (nowMs - bucket.atMs) / refillMs);
    const isTaken = left >= 1;
    this.#buckets.set(network, { left: isTaken ? left - 1 : left, atMs: nowMs });
    return isTaken;
  }
}
