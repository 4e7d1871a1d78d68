// Owns running a step over octets in chunks, for the tests of all steps.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createStage, type Stage } from '../../../src/message/readings/stage.ts';
import { chunkLengths, cut, octetsOf } from '../chunking.ts';

export function run(stage: Stage, chunks: readonly Buffer[]): Buffer {
  const step = createStage(stage);
  const pieces = chunks.map((chunk) => Buffer.from(step.push(chunk)));
  return Buffer.concat([...pieces, step.end()]);
}

export function decode(stage: Stage, text: string): string {
  return run(stage, [Buffer.from(text, 'latin1')]).toString('latin1');
}

/** Any chunking of octets rich in these fragments gives the same. */
export function sameForAllChunkings(stage: Stage, ...fragments: readonly string[]): void {
  fc.assert(
    fc.property(octetsOf(...fragments), chunkLengths, (octets, lengths) => {
      assert.deepEqual(run(stage, cut(octets, lengths)), run(stage, [octets]));
    }),
    { numRuns: 400 },
  );
}
