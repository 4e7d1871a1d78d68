import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Breaker } from '../../../plugins/clamav/breaker.ts';

const longest = (): Breaker => new Breaker(() => 0.999_999);

test('three failed scans in a row open it; two and a success do not', () => {
  const breaker = longest();
  breaker.scanFailed();
  breaker.scanFailed();
  breaker.scanSucceeded();
  breaker.scanFailed();
  breaker.scanFailed();
  assert.equal(breaker.state, 'closed');
  breaker.scanFailed();
  assert.equal(breaker.state, 'open');
});

test('a question that is not answered opens it at once', () => {
  const breaker = longest();
  breaker.checkFailed();
  assert.equal(breaker.state, 'open');
});

test('the pauses double from one second to one minute, and start again after a scan', () => {
  const breaker = longest();
  const pauses: number[] = [];
  for (let round = 0; round < 8; round++) {
    breaker.checkFailed();
    pauses.push(breaker.pauseMs);
    breaker.probe();
    assert.equal(breaker.state, 'half-open');
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  breaker.scanSucceeded();
  breaker.checkFailed();
  assert.equal(breaker.pauseMs, 1000);
});

test('who answers questions but fails the next scan rests again, and for longer', () => {
  const breaker = longest();
  for (let count = 0; count < 3; count++) breaker.scanFailed();
  assert.equal(breaker.pauseMs, 1000);
  breaker.probe();
  breaker.checkSucceeded();
  assert.equal(breaker.state, 'closed');
  breaker.scanFailed();
  assert.equal(breaker.state, 'open');
  assert.equal(breaker.pauseMs, 2000);
});

test('failures of scans begun before it opened make the pause no longer', () => {
  const breaker = longest();
  for (let count = 0; count < 20; count++) breaker.scanFailed();
  breaker.checkFailed();
  assert.equal(breaker.state, 'open');
  assert.equal(breaker.pauseMs, 1000);
});

test('the answer to a question from before it opened ends no pause', () => {
  const breaker = longest();
  for (let count = 0; count < 3; count++) breaker.scanFailed();
  breaker.checkSucceeded();
  assert.equal(breaker.state, 'open');
});

test('a question answered while it is closed forgives no failed scan', () => {
  const breaker = longest();
  breaker.scanFailed();
  breaker.scanFailed();
  breaker.checkSucceeded();
  breaker.scanFailed();
  assert.equal(breaker.state, 'open');
});

test('whatever happens, a pause lasts from 0.75 to 60 seconds, and a scan that succeeds ends it', () => {
  const moves = ['scanFailed', 'scanSucceeded', 'checkFailed', 'checkSucceeded', 'probe'] as const;
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...moves)), random, (history, drawn) => {
      const breaker = new Breaker(() => drawn);
      for (const move of history) {
        breaker[move]();
        if (breaker.state !== 'open') continue;
        assert.ok(breaker.pauseMs >= 750 && breaker.pauseMs <= 60_000);
      }
      breaker.scanSucceeded();
      assert.equal(breaker.state, 'closed');
    }),
  );
});
