import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWhole } from '../../../plugins/attachment-policy/examined-file.ts';

async function* piecesOf(...pieces: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
  yield* pieces;
}

test('a file is read whole from any pieces, of which none is written to', async () => {
  const pieces = fc.array(
    fc.uint8Array({ maxLength: 100_000 }).map((octets) => Buffer.from(octets)),
  );
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const before = given.map((piece) => Buffer.from(piece));
      const whole = await readWhole(piecesOf(...given), 10_000_000);
      assert.deepEqual(whole, Buffer.concat(before));
      assert.deepEqual(given, before);
    }),
    { numRuns: 100 },
  );
});

test('a file in one piece is not copied', async () => {
  const piece = Buffer.from('content');
  const whole = await readWhole(piecesOf(piece), 10);
  assert.equal(whole?.buffer, piece.buffer);
  assert.equal(whole?.byteOffset, piece.byteOffset);
});

test('a file of exactly the greatest length is read, a longer one is not', async () => {
  for (const pieces of [['1234'], ['12', '34'], ['', '123', '4']]) {
    const octets = pieces.map((piece) => Buffer.from(piece));
    assert.equal((await readWhole(piecesOf(...octets), 4))?.toString(), '1234');
    assert.equal(await readWhole(piecesOf(...octets), 3), undefined);
  }
});
