import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Slot, Slots } from '../../../plugins/clamav/slots.ts';

const never = new AbortController().signal;

/** Lets every promise that can settle do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('slots are handed out up to the limit and then in order of arrival', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  const held: Slot[] = [];
  for (const number of [1, 2, 3, 4]) {
    void slots.acquire(never).then((slot) => {
      order.push(number);
      held.push(slot);
    });
  }
  await settled();
  assert.deepEqual(order, [1, 2]);
  held[1]?.[Symbol.dispose]();
  await settled();
  assert.deepEqual(order, [1, 2, 3]);
  held[0]?.[Symbol.dispose]();
  await settled();
  assert.deepEqual(order, [1, 2, 3, 4]);
});

test('one that gives up in line is passed over', async () => {
  const slots = new Slots(1);
  const first = await slots.acquire(never);
  const impatience = new AbortController();
  const second = slots.acquire(impatience.signal);
  const third = slots.acquire(never);
  impatience.abort(new Error('gave up'));
  await assert.rejects(second, /gave up/);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
});

test('an aborted signal gets no slot, even a free one', async () => {
  await assert.rejects(new Slots(1).acquire(AbortSignal.abort(new Error('too late'))), /too late/);
});

test('a slot that is disposed twice counts once', async () => {
  const slots = new Slots(1);
  const first = await slots.acquire(never);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await slots.acquire(never);
  let isFourthIn = false;
  void slots.acquire(never).then(() => {
    isFourthIn = true;
  });
  await settled();
  assert.equal(isFourthIn, false);
});

test('an abort in the moment of being called up loses no slot', async () => {
  const slots = new Slots(1);
  const first = await slots.acquire(never);
  const impatience = new AbortController();
  const second = slots.acquire(impatience.signal);
  first[Symbol.dispose]();
  impatience.abort();
  (await second)[Symbol.dispose]();
  (await slots.acquire(never))[Symbol.dispose]();
});

test('whatever comes, goes and gives up, the limit holds and nobody is forgotten', async () => {
  const step = fc.constantFrom('come', 'go', 'giveUp');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step), async (limit, steps) => {
      const slots = new Slots(limit);
      const held: Slot[] = [];
      const waiting = new Set<AbortController>();
      for (const each of steps) {
        if (each === 'go') held.shift()?.[Symbol.dispose]();
        else if (each === 'giveUp') [...waiting].at(-1)?.abort();
        else {
          const patience = new AbortController();
          waiting.add(patience);
          slots
            .acquire(patience.signal)
            .then((slot) => held.push(slot))
            .catch(() => {})
            .finally(() => waiting.delete(patience));
        }
        await settled();
        assert.ok(held.length <= limit);
        assert.ok(held.length === limit || waiting.size === 0);
      }
    }),
    { numRuns: 50 },
  );
});
