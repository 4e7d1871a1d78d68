import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDeadline } from '../../src/base/deadline.ts';
import { AppError } from '../../src/base/errors.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const late = new AppError('LATE', { fault: 'upstream', publicText: 'too late' });
const gone = new AppError('GONE', { fault: 'client', publicText: 'gone' });

/** Work that the test settles, and the signal it was given. */
function pendingWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const work = (given: AbortSignal): Promise<string> => {
    signal = given;
    return promise;
  };
  return { work, resolve, reject, signal: () => signal };
}

test('work that is done in time gives its result, and no timer is left', async () => {
  const clock = new FakeClock();
  const pending = pendingWork();
  const result = withDeadline(clock, 100, undefined, pending.work, () => late);
  await clock.advance(99);
  pending.resolve('done');
  assert.equal(await result, 'done');
  assert.equal(clock.timers, 0);
  assert.equal(pending.signal()?.aborted, false);
});

test('at the deadline the work is aborted and the error of the caller thrown', async () => {
  const clock = new FakeClock();
  const pending = pendingWork();
  const result = withDeadline(clock, 100, undefined, pending.work, () => late);
  await Promise.all([assert.rejects(result, late), clock.advance(100)]);
  assert.equal(pending.signal()?.reason, late);
});

test('work that fails later than its deadline is no unhandled rejection', async () => {
  const clock = new FakeClock();
  const pending = pendingWork();
  const result = withDeadline(clock, 100, undefined, pending.work, () => late);
  await Promise.all([assert.rejects(result, late), clock.advance(100)]);
  pending.reject(new Error('too late to matter'));
  await new Promise(setImmediate);
});

test('work that fails in time throws its own error', async () => {
  const clock = new FakeClock();
  const failure = new Error('failed');
  const work = async () => {
    throw failure;
  };
  await assert.rejects(
    withDeadline(clock, 100, undefined, work, () => late),
    failure,
  );
  assert.equal(clock.timers, 0);
});

test('work that throws before it returns a promise leaves no timer either', async () => {
  const clock = new FakeClock();
  const failure = new Error('failed');
  const work = (): Promise<never> => {
    throw failure;
  };
  await assert.rejects(
    withDeadline(clock, 100, undefined, work, () => late),
    failure,
  );
  assert.equal(clock.timers, 0);
});

test('when the session is over the work is aborted with its reason', async () => {
  const clock = new FakeClock();
  const pending = pendingWork();
  const parent = new AbortController();
  const result = withDeadline(clock, 100, parent.signal, pending.work, () => late);
  parent.abort(gone);
  await assert.rejects(result, gone);
  assert.equal(pending.signal()?.reason, gone);
  assert.equal(clock.timers, 0);
});

test('work is not begun for a session that is over', async () => {
  const pending = pendingWork();
  const over = AbortSignal.abort(gone);
  const result = withDeadline(new FakeClock(), 100, over, pending.work, () => late);
  await assert.rejects(result, gone);
  assert.equal(pending.signal(), undefined);
});
