import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';

test('a timer of the system clock calls back once', async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    // Holds the process, which the timer itself does not.
    const hold = setInterval(() => {}, 1000);
    systemClock.after(1, () => {
      calls += 1;
      clearInterval(hold);
      resolve();
    });
  });
  assert.equal(calls, 1);
});

test('a cancelled timer does not call back', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let calls = 0;
  const timer = systemClock.after(10, () => {
    calls += 1;
  });
  timer.cancel();
  t.mock.timers.tick(100);
  assert.equal(calls, 0);
});

test('durations never run backwards', () => {
  const before = systemClock.monotonicMs();
  assert.ok(systemClock.monotonicMs() >= before);
});
