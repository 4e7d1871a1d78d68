import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Turns } from '../../src/base/turns.ts';

interface Job {
  readonly done: Promise<void>;
  finish(): void;
}

/** Work that ends when it is told to. */
function start(
  turns: Turns,
  log: string[],
  name: string,
  signal = new AbortController().signal,
): Job {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = turns.take(signal, async () => {
    log.push(name);
    await promise;
  });
  done.catch(() => {});
  return { done, finish: resolve };
}

test('no more run at a time than there are turns, first come, first served', async () => {
  const turns = new Turns(2);
  const log: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => start(turns, log, name));
  await setImmediate();
  assert.deepEqual(log, ['a', 'b']);
  b?.finish();
  await b?.done;
  await setImmediate();
  assert.deepEqual(log, ['a', 'b', 'c']);
  for (const job of [a, c, d]) job?.finish();
  await Promise.all([a?.done, c?.done, d?.done]);
  assert.deepEqual(log, ['a', 'b', 'c', 'd']);
});

test('work that fails gives its turn back', async () => {
  const turns = new Turns(1);
  const { signal } = new AbortController();
  await assert.rejects(
    turns.take(signal, () => Promise.reject(new Error('failed'))),
    /failed/,
  );
  assert.equal(await turns.take(signal, async () => 'next'), 'next');
});

test('one that is no longer wanted leaves the line', async () => {
  const turns = new Turns(1);
  const log: string[] = [];
  const controller = new AbortController();
  const a = start(turns, log, 'a');
  const b = start(turns, log, 'b', controller.signal);
  const c = start(turns, log, 'c');
  controller.abort(new Error('gone'));
  await assert.rejects(b.done, /gone/);
  a.finish();
  c.finish();
  await Promise.all([a.done, c.done]);
  assert.deepEqual(log, ['a', 'c']);
  await assert.rejects(start(turns, log, 'd', controller.signal).done, /gone/);
});

test('one that is called up and unwanted at the same moment passes its turn on', async () => {
  const turns = new Turns(1);
  const log: string[] = [];
  const controller = new AbortController();
  const a = start(turns, log, 'a');
  const b = start(turns, log, 'b', controller.signal);
  const c = start(turns, log, 'c');
  a.finish();
  b.finish();
  c.finish();
  await a.done;
  controller.abort(new Error('gone'));
  await Promise.allSettled([b.done, c.done]);
  assert.equal(log.at(-1), 'c');
});
