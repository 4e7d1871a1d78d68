import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '../../../plugins/attachment-policy/limits-schema.ts';
import { StopError, Work } from '../../../plugins/attachment-policy/work.ts';
import { FakeClock, settled } from '../../helpers/fake-clock.ts';

const noSignal = new AbortController().signal;

function limited(maxTimeMs: number, signal = noSignal) {
  const clock = new FakeClock();
  return { clock, work: new Work({ ...defaultLimits, maxTimeMs }, clock, signal) };
}

test('what waits for others is told when the time is up', async () => {
  const { clock, work } = limited(1000);
  const reason = work.onAttachment(
    () =>
      new Promise((resolve) => {
        const { signal } = work;
        signal.addEventListener('abort', () => resolve(signal.reason));
      }),
  );
  await clock.advance(1000);
  assert.ok((await reason) instanceof StopError);
  assert.equal(clock.timers, 0);
});

test('time is counted over all attachments, and only while one is looked into', async () => {
  const { clock, work } = limited(1000);
  await work.onAttachment(() => clock.advance(600));
  await clock.advance(5000);
  work.check();
  await work.onAttachment(async () => {
    await clock.advance(399);
    work.check();
    await clock.advance(1);
    assert.throws(() => work.check(), StopError);
    // Damage that shows after the end of the time is no damage.
    assert.ok(work.stopReason(new Error('damaged')) instanceof StopError);
  });
  work.check();
  assert.equal(work.stopReason(new Error('damaged')), undefined);
  assert.equal(clock.timers, 0);
});

test('that nobody wants the result is no fact about a file', async () => {
  const gone = new AbortController();
  const { work } = limited(1000, gone.signal);
  const reason = new Error('gone');
  await work.onAttachment(async () => {
    const { signal } = work;
    gone.abort(reason);
    await settled();
    assert.equal(signal.aborted, true);
    assert.throws(() => work.check(), reason);
    assert.throws(() => work.stopReason(new Error('damaged')), reason);
  });
  assert.equal(work.signal, gone.signal);
});
