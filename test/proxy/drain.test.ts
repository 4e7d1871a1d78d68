import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drain } from '../../src/proxy/drain.ts';
import type { Listener } from '../../src/proxy/listener.ts';
import { FakeClock, settled } from '../helpers/fake-clock.ts';
import { recordingLogger } from '../helpers/recording-logger.ts';

/** A listener whose sessions end when they are told to, or only by force. */
function listener(sessions: 'willing' | 'stubborn') {
  const steps: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const fake = {
    drain() {
      steps.push('drain');
      if (sessions === 'willing') resolve();
    },
    destroy() {
      steps.push('destroy');
      resolve();
    },
    idle: () => promise,
  };
  return { steps, asListener: fake as unknown as Listener };
}

test('sessions that end by themselves are not cut', async () => {
  const clock = new FakeClock();
  const all = [listener('willing'), listener('willing')];
  await drain(
    all.map((each) => each.asListener),
    clock,
    recordingLogger(),
  );
  assert.deepEqual(
    all.map(({ steps }) => steps),
    [['drain'], ['drain']],
  );
  assert.equal(clock.timers, 0);
});

test('after ten seconds those left are cut, everywhere', async () => {
  const clock = new FakeClock();
  const log = recordingLogger();
  const all = [listener('willing'), listener('stubborn')];
  let isOver = false;
  const draining = drain(
    all.map((each) => each.asListener),
    clock,
    log,
  ).then(() => {
    isOver = true;
  });
  await clock.advance(9_999);
  await settled();
  assert.equal(isOver, false);
  await clock.advance(1);
  await draining;
  assert.deepEqual(
    all.map(({ steps }) => steps),
    [
      ['drain', 'destroy'],
      ['drain', 'destroy'],
    ],
  );
  assert.equal(log.lines.length, 1);
});
