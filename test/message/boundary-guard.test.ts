import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundaryGuard, OctetSearch } from '../../src/message/boundary-guard.ts';
import { chunkLengths, cut, octetsOf } from './chunking.ts';

const lines: readonly (readonly [string, boolean])[] = [
  ['', false],
  ['--b', true],
  ['--bc', true],
  ['--b--', true],
  ['text\n--b', true],
  ['text\r\n--cc\r\n', true],
  ['--c', false],
  ['-- b', false],
  ['text --b', false],
  ['--\nb', false],
  ['---b', false],
];

for (const [text, isHit] of lines) {
  test(`${JSON.stringify(text)} ${isHit ? 'has' : 'has no'} line that begins with a boundary`, () => {
    const guard = new BoundaryGuard([Buffer.from('b'), Buffer.from('cc')]);
    assert.equal(guard.isHit(Buffer.from(text)), isHit);
  });
}

test('without boundaries no line is one', () => {
  assert.equal(new BoundaryGuard([]).isHit(Buffer.from('--b\n')), false);
});

test('many boundaries and many lines that are none are compared promptly', {
  timeout: 30_000,
}, () => {
  const boundaries = Array.from({ length: 2000 }, (_, index) => Buffer.from(`${index}-`));
  const octets = Buffer.from('--0123456789 some text\r\n'.repeat(40_000));
  assert.equal(new BoundaryGuard(boundaries).isHit(octets), false);
});

test('octets are found over any chunking, and only if they are there', () => {
  const wanted = Buffer.from('=_=_x');
  fc.assert(
    fc.property(octetsOf('=_', 'x', '=_=_x', '='), chunkLengths, (octets, lengths) => {
      const search = new OctetSearch(wanted);
      for (const chunk of cut(octets, lengths)) search.push(chunk);
      assert.equal(search.isFound, octets.includes(wanted));
    }),
    { numRuns: 500 },
  );
});
