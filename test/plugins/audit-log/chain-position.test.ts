import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChainPosition } from '../../../plugins/audit-log/chain-position.ts';
import { ChainVerifier } from '../../../src/base/chain-verifier.ts';
import { OctetLines } from '../../../src/base/octet-lines.ts';
import { record } from './trail-folder.ts';

/** One attempt to write a batch: how many of its octets get to the disk, in per mille. */
interface Attempt {
  readonly records: number;
  readonly perMille: number;
}

const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  records: fc.integer({ min: 1, max: 3 }),
  perMille: fc.oneof(fc.constant(1000), fc.integer({ min: 0, max: 1000 })),
});

function written(attempts: readonly Attempt[], movedBefore: ReadonlySet<number>): Buffer[] {
  const position = new ChainPosition(undefined, 0);
  const files: Buffer[][] = [[]];
  for (const [index, { records, perMille }] of attempts.entries()) {
    if (movedBefore.has(index)) {
      position.startFile('(moved)', 0);
      files.push([]);
    }
    const batch = position.seal(
      Array.from({ length: records }, (_, number) => record(`${index}.${number}`)),
      undefined,
    );
    const octets = Math.floor((batch.octets.length * perMille) / 1000);
    files.at(-1)?.push(batch.octets.subarray(0, octets));
    position.advance(batch, octets, 0);
  }
  const end = position.seal([record('end')], undefined);
  files.at(-1)?.push(end.octets);
  return files.map((pieces) => Buffer.concat(pieces));
}

test('wherever writes are cut short, and files moved away, the chain accounts for it', () => {
  const anyMoves = fc.array(fc.nat({ max: 7 }), { maxLength: 2 });
  fc.assert(
    fc.property(fc.array(anyAttempt, { maxLength: 8 }), anyMoves, (attempts, moves) => {
      const verifier = new ChainVerifier({ key: undefined, head: undefined, extent: 'whole' });
      for (const file of written(attempts, new Set(moves))) {
        verifier.startFile();
        const lines = new OctetLines(100_000);
        const all = [...lines.push(file)];
        const rest = lines.end();
        if (rest !== undefined) all.push(rest);
        for (const [index, line] of all.entries()) {
          verifier.push(line, { file: 'f', line: index + 1 });
        }
      }
      assert.equal(verifier.end(), undefined);
    }),
    { numRuns: 500 },
  );
});

test('of a batch that was cut short, lines that are whole are not written again', () => {
  const position = new ChainPosition(undefined, 0);
  const batch = position.seal([record('one'), record('two')], undefined);
  position.advance(batch, (batch.lines[0]?.octets ?? 0) + 7, 0);
  assert.equal(position.last.seq, 1);
  const next = position.seal([record('three')], undefined).octets.toString();
  assert.match(next, /^\n\{"seq":2,"prev":"[0-9a-f]{64}","torn":7,/);
});

test('sealing alone changes nothing', () => {
  const position = new ChainPosition(undefined, 0);
  const first = position.seal([record('one')], undefined);
  assert.deepEqual(position.seal([record('one')], undefined), first);
  position.advance(first, 0, 0);
  assert.deepEqual(position.seal([record('one')], undefined), first);
});
