import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interest, wantedUntil } from '../../src/pipeline/interest.ts';

test('the signal aborts when the interest ends', () => {
  const interest = new Interest();
  const { signal } = interest;
  assert.equal(interest.signal, signal);
  interest.throwIfAborted();
  interest.end();
  assert.ok(signal.aborted);
  assert.throws(() => interest.throwIfAborted(), { name: 'AbortError' });
});

test('a signal that is asked for too late has aborted', () => {
  const interest = new Interest();
  interest.end();
  assert.equal(interest.signal.aborted, true);
  assert.throws(() => interest.signal.throwIfAborted(), { name: 'AbortError' });
});

test('a signal that is there tells when the result is not wanted any more', () => {
  const controller = new AbortController();
  const wanted = wantedUntil(controller.signal);
  wanted.throwIfAborted();
  controller.abort(new Error('gone'));
  assert.equal(wanted.signal, controller.signal);
  assert.throws(() => wanted.throwIfAborted(), /gone/);
});
