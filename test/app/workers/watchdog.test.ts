import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentMs, Watchdog } from '../../../src/app/workers/watchdog.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

function watched(answer: () => Promise<unknown>) {
  const clock = new FakeClock();
  const seen = { asked: 0, givenUp: 0 };
  const watchdog = new Watchdog(
    {
      ask() {
        seen.asked += 1;
        return answer();
      },
      giveUp: () => {
        seen.givenUp += 1;
      },
    },
    clock,
  );
  return { clock, seen, watchdog };
}

const hour = 3_600_000;

test('one that answers is asked again and again, until the end', async () => {
  const { clock, seen, watchdog } = watched(() => Promise.resolve());
  await clock.advance(hour);
  assert.ok(seen.asked > 100, `${seen.asked}`);
  assert.equal(seen.givenUp, 0);
  watchdog.stop();
  assert.equal(clock.timers, 0);
});

test('one that does not answer is given up, once and not at once', async () => {
  const { clock, seen } = watched(() => new Promise(() => {}));
  await clock.advance(silentMs);
  assert.deepEqual(seen, { asked: 1, givenUp: 0 });
  await clock.advance(hour);
  assert.deepEqual(seen, { asked: 1, givenUp: 1 });
  assert.equal(clock.timers, 0);
});

test('one that is late, each time, is not given up', async () => {
  const { clock, seen } = watched(
    () => new Promise((resolve) => void clock.after(silentMs - 1, () => resolve(null))),
  );
  await clock.advance(hour);
  assert.equal(seen.givenUp, 0);
});

test('one that has ended is none that does not answer', async () => {
  const { clock, seen } = watched(() => Promise.reject(new Error('ended')));
  await clock.advance(hour);
  assert.equal(seen.givenUp, 0);
});
