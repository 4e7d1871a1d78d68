import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginTurns } from '../../../src/proxy/logins/login-turns.ts';
import { FakeClock, settled } from '../../helpers/fake-clock.ts';

const late = new Error('late');

function turns() {
  const clock = new FakeClock();
  const made = new LoginTurns(clock);
  const begun: string[] = [];
  const take = (name: string, keys: readonly string[], signal = new AbortController().signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wanted = keys.map((key) => ({ key, places: 1 }));
    const over = made
      .take(wanted, { maxWaitMs: 1000, signal, late }, () => {
        begun.push(name);
        return promise;
      })
      .catch((error: unknown) => error);
    return { end: resolve, over };
  };
  return { clock, made, begun, take };
}

test('who wants the same goes one after another, others at once', async () => {
  const { made, begun, take } = turns();
  const [one, two, other] = [take('1', ['a']), take('2', ['a']), take('other', ['b'])];
  await settled();
  assert.deepEqual(begun, ['1', 'other']);
  one.end();
  await settled();
  assert.deepEqual(begun, ['1', 'other', '2']);
  two.end();
  other.end();
  await Promise.all([one.over, two.over, other.over]);
  assert.equal(made.size, 0);
});

test('who waits for the first turn keeps nobody from the second', async () => {
  const { begun, take } = turns();
  const first = take('1', ['a']);
  const waiting = take('waits', ['a', 'b']);
  const other = take('other', ['b']);
  await settled();
  assert.deepEqual(begun, ['1', 'other']);
  for (const { end } of [first, waiting, other]) end();
  await Promise.all([first.over, waiting.over, other.over]);
});

test('nobody waits for longer than said, and work that has begun may take its time', async () => {
  const { clock, made, take } = turns();
  const first = take('1', ['a']);
  const second = take('2', ['a']);
  await clock.advance(1000);
  assert.equal(await second.over, late);
  await clock.advance(100_000);
  first.end();
  assert.equal(await first.over, undefined);
  assert.equal(made.size, 0);
  assert.equal(clock.timers, 0);
});

test('a client that goes leaves the queue', async () => {
  const { made, begun, take } = turns();
  const gone = new AbortController();
  const [first, second, third] = [
    take('1', ['a']),
    take('2', ['a'], gone.signal),
    take('3', ['a']),
  ];
  const reason = new Error('gone');
  gone.abort(reason);
  assert.equal(await second.over, reason);
  first.end();
  await settled();
  assert.deepEqual(begun, ['1', '3']);
  third.end();
  await third.over;
  assert.equal(made.size, 0);
});
