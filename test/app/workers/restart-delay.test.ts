import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartDelay } from '../../../src/app/workers/restart-delay.ts';

test('the first end is followed at once, those right after it later and later', () => {
  const delay = new RestartDelay();
  assert.equal(delay.nextMs(3_600_000), 0);
  assert.deepEqual(
    Array.from({ length: 9 }, () => delay.nextMs(50)),
    [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000],
  );
});

test('a worker that has served for a minute starts at once again', () => {
  const delay = new RestartDelay();
  for (let end = 0; end < 5; end++) delay.nextMs(50);
  assert.equal(delay.nextMs(60_000), 0);
  assert.equal(delay.nextMs(50), 250);
});
