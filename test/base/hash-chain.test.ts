import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  chainStart,
  isSealed,
  type LinkNotes,
  readLink,
  sealLine,
  toChainKey,
} from '../../src/base/hash-chain.ts';

const key = Buffer.from('0123456789abcdef');

function withoutEnd(octets: Buffer): Buffer {
  assert.equal(octets.at(-1), 0x0a);
  return octets.subarray(0, -1);
}

test('a line carries its number, the hash of the line before, and its own', () => {
  const first = sealLine(chainStart, {}, '{"event":"one"}', undefined);
  const second = sealLine(first.point, {}, '{"event":"two"}', undefined);
  assert.deepEqual(JSON.parse(second.octets.toString()), {
    seq: 2,
    prev: first.point.hash,
    event: 'two',
    hash: second.point.hash,
  });
  assert.equal(JSON.parse(first.octets.toString()).prev, '0'.repeat(64));
});

test('the hash is that of the line without it, so that sed and sha256sum can check it', () => {
  const { octets, point } = sealLine(chainStart, {}, '{"event":"Grüße"}', undefined);
  const canonical = octets.toString().replace(/,"hash":"[0-9a-f]{64}"\}\n$/, '}');
  assert.equal(createHash('sha256').update(canonical).digest('hex'), point.hash);
});

test('with a key the hash is an HMAC, and nothing else fits', () => {
  const { octets, point } = sealLine(chainStart, {}, '{"event":"one"}', key);
  const canonical = octets.toString().replace(/,"hash":"[0-9a-f]{64}"\}\n$/, '}');
  assert.equal(createHmac('sha256', key).update(canonical).digest('hex'), point.hash);
  const line = withoutEnd(octets);
  assert.equal(isSealed(line, key), true);
  assert.equal(isSealed(line, undefined), false);
  assert.equal(isSealed(line, Buffer.from('another key of 16')), false);
});

const anyNotes: fc.Arbitrary<LinkNotes> = fc.record(
  {
    torn: fc.nat(),
    unchained: fc.nat(),
    after: fc.string({ unit: 'binary', maxLength: 40 }),
    head: fc.constant('missing' as const),
  },
  { requiredKeys: [], noNullPrototype: true },
);

test('what was sealed is read again', () => {
  const anyFields = fc
    .dictionary(
      fc.string().map((name) => `x${name}`),
      fc.jsonValue(),
      { minKeys: 1 },
    )
    .map((fields) => JSON.stringify(fields));
  fc.assert(
    fc.property(anyNotes, anyFields, fc.option(fc.constant(key)), (notes, fields, maybeKey) => {
      const line = sealLine(
        { seq: 41, hash: 'a'.repeat(64) },
        notes,
        fields,
        maybeKey ?? undefined,
      );
      const octets = withoutEnd(line.octets);
      assert.deepEqual(readLink(octets), {
        seq: 42,
        prev: 'a'.repeat(64),
        hash: line.point.hash,
        notes,
      });
      assert.equal(isSealed(octets, maybeKey ?? undefined), true);
    }),
  );
});

test('a line of which any octet was changed has not its hash any more', () => {
  const line = withoutEnd(sealLine(chainStart, { torn: 3 }, '{"event":"one"}', undefined).octets);
  for (let index = 0; index < line.length; index += 1) {
    const changed = Buffer.from(line);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.equal(isSealed(changed, undefined), false, `octet ${index}`);
  }
});

for (const text of [
  '',
  '{}',
  'hello',
  '{"event":"one"}',
  `{"seq":1,"prev":"${'0'.repeat(64)}","event":"one"}`,
  `{"event":"one","seq":1,"prev":"${'0'.repeat(64)}","hash":"${'0'.repeat(64)}"}`,
  `{"seq":-1,"prev":"${'0'.repeat(64)}","event":"one","hash":"${'0'.repeat(64)}"}`,
]) {
  test(`no line of a chain: ${text}`, () => {
    assert.equal(readLink(Buffer.from(text)), undefined);
    assert.equal(isSealed(Buffer.from(text), undefined), readLink(Buffer.from(text)) !== undefined);
  });
}

test('a key is what is in its file, without the newline that editors add', () => {
  assert.deepEqual(toChainKey(Buffer.from('0123456789abcdef\n')), key);
  assert.deepEqual(toChainKey(Buffer.from('0123456789abcdef\r\n')), key);
  assert.deepEqual(toChainKey(key), key);
  assert.equal(toChainKey(Buffer.from('0123456789abcde\n')), undefined);
  assert.equal(toChainKey(Buffer.alloc(0)), undefined);
});
