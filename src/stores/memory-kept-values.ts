// Owns values of plugins in memory: for tests, trials and configurations without a state folder.
import type { Clock } from '../base/clock.ts';
import type { KeptValues } from '../base/kept-values.ts';
import { checkedValue, compareKeys } from './kept-value.ts';

interface Kept {
  readonly json: string;
  readonly untilMs: number;
}

const sweepEveryMs = 60_000;

export function createMemoryKeptValues(clock: Clock): KeptValues {
  const kept = new Map<string, Kept>();
  let sweptAtMs = clock.nowMs();
  const find = (key: string): Kept | undefined => {
    const value = kept.get(key);
    return value !== undefined && value.untilMs > clock.nowMs() ? value : undefined;
  };
  const sweep = (): void => {
    if (clock.nowMs() < sweptAtMs + sweepEveryMs) return;
    sweptAtMs = clock.nowMs();
    for (const [key, { untilMs }] of kept) if (untilMs <= sweptAtMs) kept.delete(key);
  };
  return {
    async get(key) {
      const value = find(key);
      return value === undefined ? undefined : JSON.parse(value.json);
    },
    async set(key, value, { ttlMs = Number.POSITIVE_INFINITY } = {}) {
      sweep();
      kept.set(key, { json: checkedValue(key, value), untilMs: clock.nowMs() + ttlMs });
    },
    async delete(key) {
      kept.delete(key);
    },
    async *entries(prefix) {
      for (const key of [...kept.keys()].sort(compareKeys)) {
        const value = key.startsWith(prefix) ? find(key) : undefined;
        if (value !== undefined) yield [key, JSON.parse(value.json)];
      }
    },
  };
}
