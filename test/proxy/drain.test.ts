import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drain, longestDrainMs } from '../../src/proxy/drain.ts';
import type { Listener } from '../../src/proxy/listener.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

type Step = 'close' | 'drain' | 'destroy';

const limits = { sessionsMs: 10_000, commandsMs: 30_000 };

/** A listener whose sessions end when it comes to that step. */
function listener(last: Step) {
  const steps: Step[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const step = (name: Step) => () => {
    steps.push(name);
    if (name === last) resolve();
  };
  const fake = {
    close: step('close'),
    drain: step('drain'),
    destroy: step('destroy'),
    idle: () => promise,
  };
  return { steps, asListener: fake as unknown as Listener };
}

function draining(listeners: readonly { readonly asListener: Listener }[]) {
  const clock = new FakeClock();
  const log = recordingLogger();
  const state = { isOver: false };
  const all = listeners.map(({ asListener }) => asListener);
  const done = drain(all, limits, { clock, log }).then(() => {
    state.isOver = true;
  });
  const advance = async (ms: number): Promise<boolean> => {
    await settled();
    await clock.advance(ms);
    await settled();
    return state.isOver;
  };
  return { clock, log, done, advance };
}

test('sessions that end by themselves are not disturbed', async () => {
  const all = [listener('close'), listener('close')];
  const { clock, done } = draining(all);
  await done;
  for (const { steps } of all) assert.deepEqual(steps, ['close']);
  assert.equal(clock.timers, 0);
});

test('after their time sessions between two commands end, and what is under way finishes', async () => {
  const [quick, busy] = [listener('close'), listener('drain')];
  const { advance, clock, log } = draining([quick, busy]);
  assert.equal(await advance(9_999), false);
  assert.deepEqual(busy.steps, ['close']);
  assert.equal(await advance(1), true);
  for (const { steps } of [quick, busy]) assert.deepEqual(steps, ['close', 'drain']);
  assert.equal(clock.timers, 0);
  assert.equal(log.lines.length, 0);
});

test('what never ends is cut in the end', async () => {
  const stubborn = listener('destroy');
  const { advance, log } = draining([stubborn]);
  await advance(10_000);
  assert.equal(await advance(29_999), false);
  assert.deepEqual(stubborn.steps, ['close', 'drain']);
  assert.equal(await advance(1), true);
  assert.deepEqual(stubborn.steps, ['close', 'drain', 'destroy']);
  assert.equal(log.lines.length, 1);
  assert.equal(longestDrainMs(limits), 41_000);
});
