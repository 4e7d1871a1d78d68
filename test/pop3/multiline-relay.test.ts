import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MultilineDecoder, MultilineEncoder } from '../../src/pop3/multiline.ts';
import { MultilineRelay } from '../../src/pop3/multiline-relay.ts';
import { chunkLengths, cut, octetsOf } from '../message/chunking.ts';

const awkward = octetsOf('\r', '\n', '.', '..', '\r\n', '\r\n.', '\r\n..', 'x', 'text\r\n');

interface Outcome {
  readonly wire: string;
  readonly contentOctets: number;
  readonly surplus: string;
}

function relay(chunks: readonly Buffer[]): Outcome {
  const relayed = new MultilineRelay();
  const wire: Buffer[] = [];
  let contentOctets = 0;
  let surplus = '';
  for (const chunk of chunks) {
    const used = relayed.push(chunk, (octets, content) => {
      wire.push(Buffer.from(octets));
      contentOctets += content;
    });
    surplus += chunk.toString('latin1', used);
  }
  return { wire: Buffer.concat(wire).toString('latin1'), contentOctets, surplus };
}

/** What comes of taking the response apart and putting it together again. */
function reencode(chunks: readonly Buffer[]): Outcome {
  const decoder = new MultilineDecoder();
  const encoder = new MultilineEncoder();
  const wire: Buffer[] = [];
  let contentOctets = 0;
  let surplus = '';
  for (const chunk of chunks) {
    const used = decoder.push(chunk, (content) => {
      contentOctets += content.length;
      wire.push(...encoder.encode(Buffer.from(content)));
    });
    surplus += chunk.toString('latin1', used);
  }
  if (decoder.isEnded) wire.push(encoder.end());
  return { wire: Buffer.concat(wire).toString('latin1'), contentOctets, surplus };
}

test('a relayed response is what decoding and encoding makes of it, over any chunking', () => {
  fc.assert(
    fc.property(awkward, chunkLengths, fc.boolean(), (octets, lengths, isEnded) => {
      const wire = Buffer.concat([octets, Buffer.from(isEnded ? '\r\n.\r\n+OK\r\n' : '')]);
      const chunks = cut(wire, lengths);
      assert.deepEqual(relay(chunks), reencode(chunks));
    }),
    { numRuns: 3000 },
  );
});

test('octets without a dot at the start of a line are handed on as they are, not copied', () => {
  const relayed = new MultilineRelay();
  const chunk = Buffer.from('a line with a dot.\r\nanother\r\n');
  const emitted: Buffer[] = [];
  relayed.push(chunk, (wire) => emitted.push(wire));
  assert.equal(emitted.length, 1);
  assert.equal(emitted[0], chunk);
});
