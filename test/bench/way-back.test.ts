import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LineQuality, WayBack } from '../../bench/source/way-back.ts';

/** When each chunk came out, in milliseconds since the first went in, and how the line was used. */
function send(quality: LineQuality, chunks: readonly Buffer[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const startedMs = performance.now();
  const taken: { readonly chunk: Buffer; readonly atMs: number }[] = [];
  const flows: string[] = [];
  const line = new WayBack(quality, {
    take: (chunk) => taken.push({ chunk, atMs: performance.now() - startedMs }),
    end: resolve,
    setFlow: (flow) => flows.push(flow),
  });
  for (const chunk of chunks) line.push(chunk);
  line.end();
  return promise.then(() => ({ taken, flows }));
}

const chunks = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1000, index));

test('chunks that are under way together are all late by the same time, in their order', async () => {
  const { taken, flows } = await send({ delayMs: 40, octetsPerSecond: undefined }, chunks);
  assert.deepEqual(
    taken.map(({ chunk }) => chunk),
    chunks,
  );
  // One after another they would need two seconds.
  for (const { atMs } of taken) assert.ok(atMs >= 40 && atMs < 2000, String(atMs));
  assert.deepEqual(flows, []);
});

test('a narrow line takes its time for each octet, and halts the server meanwhile', async () => {
  const { taken, flows } = await send({ delayMs: 0, octetsPerSecond: 500_000 }, chunks);
  assert.deepEqual(
    taken.map(({ chunk }) => chunk),
    chunks,
  );
  for (const [index, { atMs }] of taken.entries()) {
    assert.ok(atMs >= (index + 1) * 2, `${index}: ${atMs}`);
  }
  assert.deepEqual(flows, ['halted', 'running']);
});
