import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Segment } from '../../src/message/segments.ts';
import {
  ComposedOctets,
  MappedOctets,
  segmentsInMemory,
} from '../../src/pipeline/message-octets.ts';
import { collect, wholeMessage } from '../helpers/pipeline.ts';
import { chunkLengths, cut } from '../message/chunking.ts';

const original = Buffer.from('0123456789abcdefghij');

const segment: fc.Arbitrary<Segment> = fc.oneof(
  fc
    .tuple(fc.nat(original.length), fc.nat(original.length))
    .map(([a, b]): Segment => ({ kind: 'range', start: Math.min(a, b), end: Math.max(a, b) })),
  fc.string({ maxLength: 4, unit: 'binary-ascii' }).map((text): Segment => {
    return { kind: 'octets', octets: Buffer.from(text, 'latin1') };
  }),
);

function joined(segments: readonly Segment[]): Buffer {
  return Buffer.concat(
    segments.map((each) =>
      each.kind === 'octets' ? each.octets : original.subarray(each.start, each.end),
    ),
  );
}

test('what is composed of segments can be read from anywhere, and composed again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 6 }),
      fc.nat(40),
      fc.nat(40),
      async (segments, from, cut) => {
        const { spool } = wholeMessage(original);
        const composed = new ComposedOctets(spool, segments);
        const expected = joined(segments);
        assert.equal(composed.octets, expected.length);
        assert.deepEqual(await collect(composed.read(from)), expected.subarray(from));
        const start = Math.min(cut, expected.length);
        const tail = new ComposedOctets(composed, [
          { kind: 'range', start, end: expected.length },
          { kind: 'octets', octets: Buffer.from('!') },
        ]);
        const whole = Buffer.concat([expected.subarray(start), Buffer.from('!')]);
        assert.deepEqual(await collect(tail.read()), whole);
      },
    ),
  );
});

test('segments of what lies in memory are given without reading, over any pieces', () => {
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), chunkLengths, (segments, lengths) => {
      const pieces = segmentsInMemory(cut(original, lengths), segments);
      assert.deepEqual(Buffer.concat(pieces), joined(segments));
    }),
  );
});

test('each octet is exchanged by the table, from anywhere, and the original stays', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      fc.uint8Array({ maxLength: 50 }),
      fc.nat(60),
      async (table, content, from) => {
        const { spool } = wholeMessage(Buffer.from(content));
        const mapped = new MappedOctets(spool, table);
        assert.equal(mapped.octets, content.length);
        const expected = Buffer.from(content.map((octet) => table[octet] ?? 0));
        assert.deepEqual(await collect(mapped.read(from)), expected.subarray(from));
        assert.deepEqual(await collect(spool.read()), Buffer.from(content));
      },
    ),
  );
});
