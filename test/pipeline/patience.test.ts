import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { Patience } from '../../src/pipeline/patience.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

const never = (): Promise<never> => new Promise(() => {});

function patient(limitMs: number) {
  const clock = new FakeClock();
  let errors = 0;
  const patience = new Patience(clock, limitMs, () => {
    errors += 1;
    return new AppError('TOO_LATE', { fault: 'plugin', publicText: 'too late' });
  });
  return { clock, patience, errors: () => errors };
}

test('what ends in time ends as it does', async () => {
  const { clock, patience, errors } = patient(1000);
  patience.start();
  assert.equal(await patience.waitFor(Promise.resolve(7)), 7);
  patience.stop();
  assert.equal(clock.timers, 0);
  assert.equal(errors(), 0);
  const failure = new Error('failed');
  await assert.rejects(patience.waitFor(Promise.reject(failure)), failure);
  assert.equal(patience.isExpiry(failure), false);
});

test('only the time between start and stop counts', async () => {
  const { clock, patience } = patient(1000);
  patience.start();
  const result = patience.waitFor(never());
  const seen = assert.rejects(result, (error) => patience.isExpiry(error));
  await clock.advance(600);
  patience.stop();
  await clock.advance(60_000);
  patience.start();
  await clock.advance(399);
  assert.equal(clock.timers, 1);
  await clock.advance(1);
  await seen;
});

test('waiting can be given up for another reason, and what fails later harms nobody', async () => {
  const { clock, patience } = patient(1000);
  const { promise, reject } = Promise.withResolvers<never>();
  patience.start();
  const result = patience.waitFor(promise);
  const reason = new Error('gone');
  patience.giveUp(reason);
  await assert.rejects(result, reason);
  reject(new Error('late'));
  await clock.advance(1000);
  assert.equal(patience.isExpiry(reason), false);
});
