import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MultilineDecoder, MultilineEncoder } from '../../src/pop3/multiline.ts';

/** Text of the awkward octets only, so that every framing rule is met often. */
const awkward = fc
  .array(fc.constantFrom('\r', '\n', '.', '\r\n', '\r\n.', 'x', '\0'), { maxLength: 40 })
  .map((parts) => parts.join(''));

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...at, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

function decode(chunks: readonly Buffer[]): { content: string; surplus: string; ended: boolean } {
  const decoder = new MultilineDecoder();
  const content: Buffer[] = [];
  let surplus = '';
  for (const chunk of chunks) {
    const used = decoder.push(chunk, (slice) => content.push(Buffer.from(slice)));
    surplus += chunk.subarray(used).toString('latin1');
  }
  return {
    content: Buffer.concat(content).toString('latin1'),
    surplus,
    ended: decoder.isEnded,
  };
}

function encode(chunks: readonly Buffer[]): string {
  const encoder = new MultilineEncoder();
  const wire = chunks.flatMap((chunk) => encoder.encode(chunk));
  return Buffer.concat([...wire, encoder.end()]).toString('latin1');
}

const wires: readonly [name: string, wire: string, content: string, surplus: string][] = [
  ['an empty response', '.\r\n', '', ''],
  ['one line', 'a\r\n.\r\n', 'a\r\n', ''],
  ['a stuffed dot', '..a\r\n.\r\n', '.a\r\n', ''],
  ['a line that is one dot', '..\r\n.\r\n', '.\r\n', ''],
  ['two dots', '...\r\n.\r\n', '..\r\n', ''],
  ['octets after the terminator', 'a\r\n.\r\n+OK\r\n', 'a\r\n', '+OK\r\n'],
  ['LF dot LF as content', 'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n', ''],
  ['LF dot CRLF as content', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', ''],
  ['CR dot CR as content', 'a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n', ''],
  ['CRLF dot LF as a stuffed line', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', ''],
  ['CRLF dot CR dot', 'a\r\n.\r.\r\n.\r\n', 'a\r\n\r.\r\n', ''],
];

for (const [name, wire, content, surplus] of wires) {
  test(`${name} is decoded`, () => {
    assert.deepEqual(decode([Buffer.from(wire, 'latin1')]), { content, surplus, ended: true });
  });
}

test('a response without terminator is not ended, even when only its last octet is missing', () => {
  for (const wire of ['', 'a\r\n', 'a\r\n.', 'a\r\n.\r', 'a\n.\n', 'a\r.\r', 'a.\r\n', '.\n']) {
    assert.equal(decode([Buffer.from(wire)]).ended, false, JSON.stringify(wire));
  }
});

test('any chunking of a response decodes to the same content and surplus', () => {
  fc.assert(
    fc.property(awkward, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      const bytes = Buffer.from(text, 'latin1');
      assert.deepEqual(decode(split(bytes, cuts)), decode([bytes]));
    }),
    { numRuns: 3000 },
  );
});

test('any chunking of content encodes to the same wire octets', () => {
  fc.assert(
    fc.property(awkward, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      const bytes = Buffer.from(text, 'latin1');
      assert.equal(encode(split(bytes, cuts)), encode([bytes]));
    }),
    { numRuns: 3000 },
  );
});

test('decoding undoes encoding for all octets', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        awkward.map((t) => Buffer.from(t, 'latin1')),
        fc.uint8Array(),
      ),
      (octets) => {
        const content = Buffer.concat([octets, Buffer.from('\r\n')]);
        const decoded = decode([Buffer.from(encode([content]), 'latin1')]);
        assert.deepEqual(decoded, {
          content: content.toString('latin1'),
          surplus: '',
          ended: true,
        });
      },
    ),
    { numRuns: 3000 },
  );
});

test('what a correct server sent is sent again octet for octet', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      const wire = encode([Buffer.from(text, 'latin1')]);
      const { content } = decode([Buffer.from(wire, 'latin1')]);
      assert.equal(encode([Buffer.from(content, 'latin1')]), wire);
    }),
    { numRuns: 3000 },
  );
});

test('a line of dots between lone line ends gets one more dot and loses it again', () => {
  for (const end of ['\n', '\r', '\n\r', '\r\r']) {
    for (const dots of ['.', '..', '.....']) {
      const content = `a${end}${dots}${end}b\r\n`;
      const wire = encode([Buffer.from(content)]);
      assert.equal(wire, `a${end}${dots}.${end}b\r\n.\r\n`);
      assert.equal(decode([Buffer.from(wire)]).content, content);
    }
  }
});

test('a dot at the start of a line after a lone line end is sent as it came', () => {
  for (const content of ['a\n.b\r\n', 'a\r.b\r\n', 'a\n..b\r\n', 'a\r.', 'a\n..']) {
    assert.ok(encode([Buffer.from(content)]).startsWith(content.trimEnd()), content);
  }
});

test('no client that ends lines at LF or at CR sees an early end', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      const wire = encode([Buffer.from(text, 'latin1')]);
      assert.ok(!/(^|[\r\n])\.[\r\n]/.test(wire.slice(0, -3)), JSON.stringify(wire));
    }),
    { numRuns: 3000 },
  );
});

test('content without dots is passed on as the very same buffer', () => {
  const chunk = Buffer.from('plain text\r\nmore\r\n');
  assert.equal(new MultilineEncoder().encode(chunk)[0], chunk);
});
