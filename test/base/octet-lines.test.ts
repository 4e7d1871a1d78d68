import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linesOf, OctetLines } from '../../src/base/octet-lines.ts';

function split(chunks: readonly string[], maxOctets = 1000) {
  const lines = new OctetLines(maxOctets);
  const found = chunks.flatMap((chunk) => [...lines.push(Buffer.from(chunk, 'latin1'))]);
  const rest = lines.end();
  if (rest !== undefined) found.push(rest);
  return found.map(({ octets, length, hasLineEnd }) => ({
    text: octets.toString('latin1'),
    length,
    hasLineEnd,
  }));
}

test('lines end with LF, and what is left has none', () => {
  assert.deepEqual(split(['one\n\ntwo\r\nth', 'ree']), [
    { text: 'one', length: 4, hasLineEnd: true },
    { text: '', length: 1, hasLineEnd: true },
    { text: 'two\r', length: 5, hasLineEnd: true },
    { text: 'three', length: 5, hasLineEnd: false },
  ]);
  assert.deepEqual(split(['']), []);
});

test('of a long line the beginning is kept, and its whole length is known', () => {
  assert.deepEqual(split(['aaaa', 'bbbb', 'cc\nd\n'], 6), [
    { text: 'aaaabb', length: 11, hasLineEnd: true },
    { text: 'd', length: 2, hasLineEnd: true },
  ]);
});

test('any chunking gives the same lines, and their lengths add up', () => {
  const anyChunk = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r'), maxLength: 20 });
  fc.assert(
    fc.property(fc.array(anyChunk), fc.integer({ min: 1, max: 12 }), (chunks, maxOctets) => {
      const whole = chunks.join('');
      const lines = split(chunks, maxOctets);
      assert.deepEqual(lines, split([whole], maxOctets));
      assert.equal(
        lines.reduce((sum, { length }) => sum + length, 0),
        whole.length,
      );
    }),
  );
});

test('a stream is read to its end', async () => {
  async function* chunks() {
    yield Buffer.from('a\nb');
    yield Buffer.from('c');
  }
  const found: string[] = [];
  for await (const { octets } of linesOf(chunks(), 10)) found.push(octets.toString());
  assert.deepEqual(found, ['a', 'bc']);
});
