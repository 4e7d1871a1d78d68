import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { createMemoryCache } from '../../src/stores/memory.ts';

function movableClock(): Clock & { nowIs: number } {
  return {
    nowIs: 1000,
    nowMs() {
      return this.nowIs;
    },
    monotonicMs() {
      return this.nowIs;
    },
    after: () => assert.fail('a cache needs no timer'),
  };
}

test('what was set is there, what was not is undefined', () => {
  const cache = createMemoryCache<string>({ maxEntries: 10, ttlMs: 1000 });
  cache.set('a', 'one');
  cache.set('a', 'two');
  assert.equal(cache.get('a'), 'two');
  assert.equal(cache.get('b'), undefined);
});

test('a full cache forgets what was longest unused', () => {
  const cache = createMemoryCache<number>({ maxEntries: 2, ttlMs: 1000 });
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3]);
});

test('an entry is forgotten after its time, however often it is read', () => {
  const clock = movableClock();
  const cache = createMemoryCache<string>({ maxEntries: 10, ttlMs: 1000 }, clock);
  cache.set('a', 'one');
  clock.nowIs += 600;
  assert.equal(cache.get('a'), 'one');
  clock.nowIs += 600;
  assert.equal(cache.get('a'), undefined);
});

test('setting an entry again starts its time anew', () => {
  const clock = movableClock();
  const cache = createMemoryCache<string>({ maxEntries: 10, ttlMs: 1000 }, clock);
  cache.set('a', 'one');
  clock.nowIs += 600;
  cache.set('a', 'two');
  clock.nowIs += 600;
  assert.equal(cache.get('a'), 'two');
});
