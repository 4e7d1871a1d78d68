import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JoinedPieces } from '../../src/pipeline/joined-pieces.ts';

function all(pieces: JoinedPieces): Buffer[] {
  return Array.from({ length: pieces.length }, (_, index) => pieces.at(index) ?? Buffer.alloc(0));
}

test('what is pushed comes out in order, and what was read before never changes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 50 }).map((octets) => Buffer.from(octets))),
      fc.integer({ min: 1, max: 2000 }),
      (contents, largeEvery) => {
        const pieces = new JoinedPieces();
        const pushed: Buffer[] = [];
        const seen: { view: Buffer | undefined; copy: Buffer }[] = [];
        for (const [index, content] of contents.entries()) {
          const next =
            index % largeEvery === 0 ? Buffer.concat([content, Buffer.alloc(3000)]) : content;
          pieces.push(next);
          pushed.push(next);
          const view = pieces.at(pieces.length - 1);
          seen.push({ view, copy: Buffer.from(view ?? '') });
        }
        assert.deepEqual(Buffer.concat(all(pieces)), Buffer.concat(pushed));
        for (const { view, copy } of seen) assert.deepEqual(view, copy);
        assert.deepEqual(Buffer.concat(pieces.takeAll()), Buffer.concat(pushed));
        assert.equal(pieces.length, 0);
      },
    ),
  );
});

test('single octets are joined, and their octets are not copied again and again', () => {
  const pieces = new JoinedPieces();
  const octets = 64 * 1024;
  const blocks = new Set<ArrayBufferLike>();
  for (let at = 0; at < octets; at++) {
    pieces.push(Buffer.of(at & 0xff));
    const last = pieces.at(pieces.length - 1);
    if (last !== undefined) blocks.add(last.buffer);
  }
  assert.equal(pieces.length, octets / 4096);
  // Each piece doubles a dozen times at most.
  assert.ok(blocks.size <= (octets / 4096) * 13, `${blocks.size} blocks`);
});

test('large pieces are kept as they are, without a copy', () => {
  const pieces = new JoinedPieces();
  const large = [Buffer.alloc(5000, 1), Buffer.alloc(70_000, 2)];
  for (const piece of large) pieces.push(piece);
  assert.deepEqual(
    all(pieces).map((piece, index) => piece === large[index]),
    [true, true],
  );
});

test('after all pieces were handed over, later ones do not touch them', () => {
  const pieces = new JoinedPieces();
  pieces.push(Buffer.from('a'));
  pieces.push(Buffer.from('b'));
  const taken = pieces.takeAll();
  pieces.push(Buffer.from('c'));
  pieces.push(Buffer.from('d'));
  assert.equal(Buffer.concat(taken).toString(), 'ab');
  assert.equal(Buffer.concat(pieces.takeAll()).toString(), 'cd');
});
