import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FailureCounts, type Pace } from '../../../src/proxy/logins/failure-counts.ts';

const pace: Pace = { freeFailures: 3, firstDelayMs: 1000, maxDelayMs: 8000, halfLifeMs: 600_000 };

function failed(counts: FailureCounts, times: number, nowMs = 0): void {
  for (let time = 0; time < times; time += 1) counts.failed('a', nowMs);
}

test('the first failures are free, then the wait doubles up to its bound', () => {
  const counts = new FailureCounts(pace, 100);
  const waits = Array.from({ length: 9 }, () => {
    counts.failed('a', 0);
    return counts.waitMs('a', 0);
  });
  assert.deepEqual(waits, [0, 0, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  assert.equal(counts.waitMs('b', 0), 0);
});

test('what was counted a moment ago counts whole', () => {
  const counts = new FailureCounts(pace, 100);
  for (let nowMs = 0; nowMs < 3000; nowMs += 1000) counts.failed('a', nowMs);
  assert.equal(counts.waitMs('a', 2000), 1000);
});

test('who comes late enough does not wait', () => {
  const counts = new FailureCounts(pace, 100);
  failed(counts, 4);
  assert.equal(counts.waitMs('a', 500), 1500);
  assert.equal(counts.waitMs('a', 2000), 0);
});

test('attempts at the same moment go one after another', () => {
  const counts = new FailureCounts(pace, 100);
  failed(counts, 4);
  const waits = Array.from({ length: 4 }, () => {
    const waitMs = counts.waitMs('a', 0);
    counts.reserve('a', waitMs, 0);
    return waitMs;
  });
  assert.deepEqual(waits, [2000, 4000, 6000, 8000]);
});

test('half of the failures is forgotten in each half-life, however many there were', () => {
  const counts = new FailureCounts(pace, 100);
  failed(counts, 2);
  assert.equal(counts.failures('a', 600_000), 1);
  failed(counts, 10_000);
  assert.ok(counts.failures('a', 0) <= 8);
  assert.equal(counts.waitMs('a', 600_000 * 2), 0);
  assert.equal(counts.slowForMs('a', 600_000 * 2), 0);
});

test('it says for how long it is slow', () => {
  const counts = new FailureCounts(pace, 100);
  failed(counts, 6);
  const forMs = counts.slowForMs('a', 0);
  assert.ok(counts.slowForMs('a', forMs - 10) > 0);
  assert.equal(counts.slowForMs('a', forMs), 0);
  failed(counts, 1, forMs);
  assert.ok(counts.slowForMs('a', forMs) > 0);
});

test('without a number of free failures nothing waits', () => {
  const counts = new FailureCounts({ ...pace, freeFailures: undefined }, 100);
  failed(counts, 50);
  assert.equal(counts.waitMs('a', 0), 0);
  assert.equal(counts.slowForMs('a', 0), 0);
});

test('what is remembered is bounded, and made-up names drive out each other', () => {
  const counts = new FailureCounts(pace, 50);
  failed(counts, 5);
  for (let name = 0; name < 10_000; name += 1) counts.failed(`made up ${name}`, 0);
  assert.equal(counts.size, 50);
  assert.equal(counts.waitMs('a', 0), 4000);
});

test('a smaller memory holds from the next failure on', () => {
  const counts = new FailureCounts(pace, 50);
  for (let name = 0; name < 50; name += 1) counts.failed(`${name}`, 0);
  counts.setPace(pace, 10);
  counts.failed('one more', 0);
  assert.equal(counts.size, 10);
});

test('no series of events makes anybody wait longer than the queue is long', () => {
  const event = fc.record({
    kind: fc.constantFrom('failed', 'tried', 'passes'),
    ms: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const counts = new FailureCounts(pace, 100);
      let nowMs = 0;
      let taken = 0;
      for (const { kind, ms } of events) {
        if (kind === 'failed') counts.failed('a', nowMs);
        if (kind === 'passes') nowMs += ms;
        const waitMs = counts.waitMs('a', nowMs);
        // A queue takes nobody who would wait longer than that.
        assert.ok(waitMs <= pace.maxDelayMs * 2, `${waitMs}`);
        if (kind !== 'tried' || waitMs > pace.maxDelayMs) continue;
        counts.reserve('a', waitMs, nowMs);
        taken += 1;
      }
      // From any state the way back is bounded.
      assert.equal(counts.waitMs('a', nowMs + pace.halfLifeMs * 3), 0, `${taken}`);
    }),
  );
});
