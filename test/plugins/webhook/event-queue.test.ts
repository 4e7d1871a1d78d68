import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../../plugins/webhook/event-facts.ts';
import { EventQueue } from '../../../plugins/webhook/event-queue.ts';
import { silentLogger } from '../../../src/base/log.ts';

interface Record {
  readonly queue: EventQueue;
  readonly batches: (readonly Facts[])[];
  dropped(): number;
}

function queueOf(post: (batch: number) => Promise<void>, maxQueued = 1000): Record {
  const batches: (readonly Facts[])[] = [];
  let dropped = 0;
  const queue = new EventQueue({
    maxQueued,
    log: silentLogger,
    async post(events) {
      batches.push(events);
      await post(batches.length - 1);
    },
    onDropped(count) {
      dropped += count;
    },
  });
  return { queue, batches, dropped: () => dropped };
}

test('events of the same moment go together, all in order', async () => {
  const { queue, batches, dropped } = queueOf(async () => {});
  for (let number = 0; number < 120; number += 1) queue.add({ number });
  await queue.drained();
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [50, 50, 20],
  );
  assert.deepEqual(
    batches.flat().map((event) => event['number']),
    Array.from({ length: 120 }, (_, number) => number),
  );
  assert.equal(dropped(), 0);
});

test('events that come during a request go with the next one', async () => {
  const { queue, batches } = queueOf(async (batch) => {
    if (batch === 0) queue.add({ number: 2 });
  });
  queue.add({ number: 1 });
  await queue.drained();
  assert.deepEqual(batches, [[{ number: 1 }], [{ number: 2 }]]);
});

test('events beyond the limit are dropped and counted', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { queue, batches, dropped } = queueOf(() => promise, 3);
  for (let number = 0; number < 5; number += 1) queue.add({ number });
  assert.equal(dropped(), 2);
  resolve();
  await queue.drained();
  assert.deepEqual(batches.flat(), [{ number: 0 }, { number: 1 }, { number: 2 }]);
});

test('events that the receiver refuses are counted, and the next ones are sent', async () => {
  const { queue, batches, dropped } = queueOf(async (batch) => {
    if (batch === 0) throw new Error('down');
  });
  queue.add({ number: 1 });
  queue.add({ number: 2 });
  await queue.drained();
  queue.add({ number: 3 });
  await queue.drained();
  assert.equal(dropped(), 2);
  assert.deepEqual(batches.at(-1), [{ number: 3 }]);
});
