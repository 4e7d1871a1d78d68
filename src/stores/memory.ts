// Owns caches in the memory of this process. The one file that knows lru-cache.
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Cache } from './store.ts';

export interface MemoryCacheLimits {
  readonly maxEntries: number;
  readonly ttlMs: number;
}

/**
 * Forgets the entry that was longest unused when full, and every entry `ttlMs` after it was set.
 * With no room for any entry it remembers nothing.
 */
export function createMemoryCache<V extends NonNullable<unknown>>(
  { maxEntries, ttlMs }: MemoryCacheLimits,
  clock: Clock = systemClock,
): Cache<V> {
  // The package takes 0 for "without limit".
  if (maxEntries === 0) return { get: () => undefined, set() {} };
  const entries = new LRUCache<string, V>({
    max: maxEntries,
    ttl: ttlMs,
    // Reads the clock every time; otherwise the package starts timers to remember what it said.
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() },
  });
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value);
    },
  };
}
