import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/base/errors.ts';
import { formatHeader } from '../../src/proxy-protocol/format.ts';
import { ProxyHeaderReader } from '../../src/proxy-protocol/header-reader.ts';

type Outcome =
  | { readonly header: unknown; readonly rest: string }
  | { readonly refused: unknown }
  | 'waiting';

function read(chunks: readonly Buffer[]): Outcome {
  const reader = new ProxyHeaderReader();
  try {
    for (const [index, chunk] of chunks.entries()) {
      const header = reader.push(chunk);
      if (header === undefined) continue;
      const rest = Buffer.concat([reader.pending, ...chunks.slice(index + 1)]);
      return { header, rest: rest.toString('latin1') };
    }
    return 'waiting';
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'PROXY_HEADER_INVALID', String(error));
    return { refused: error.details['reason'] };
  }
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const ends = {
  source: { address: '192.0.2.7', port: 56_324 },
  destination: { address: '198.51.100.1', port: 995 },
};

for (const version of [1, 2] as const) {
  test(`octets behind a header of version ${version} are kept`, () => {
    const outcome = read([Buffer.concat([formatHeader(version, ends), latin1('USER a\r\n')])]);
    assert.ok(typeof outcome === 'object' && 'rest' in outcome);
    assert.equal(outcome.rest, 'USER a\r\n');
  });

  test(`a header of version ${version} may end where the octets end`, () => {
    const outcome = read([formatHeader(version, ends)]);
    assert.ok(typeof outcome === 'object' && 'rest' in outcome);
    assert.equal(outcome.rest, '');
  });
}

const waiting: readonly string[] = [
  '',
  'P',
  'PROXY TCP4 192.0.2.7 ',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r',
  `PROXY UNKNOWN ${'x'.repeat(92)}`,
  '\r\n\r\n\0\r\nQUIT\n',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0cabc',
];

for (const octets of waiting) {
  test(`${JSON.stringify(octets)} is not a header yet`, () => {
    assert.equal(read([latin1(octets)]), 'waiting');
  });
}

const refused: readonly [octets: string, reason: string][] = [
  ['USER alice\r\n', 'does not begin as one'],
  ['proxy TCP4 ', 'does not begin as one'],
  ['\r\n\r\nQUIT', 'does not begin as one'],
  ['\x16\x03\x01\x02\0\x01', 'does not begin as one'],
  ['PROXYTCP4', 'does not begin as one'],
  ['PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n', 'line without CRLF'],
  ['PROXY TCP4 192.0.2.7\n 198.51.100.1 1 2\r\n', 'line without CRLF'],
  [`PROXY UNKNOWN ${'x'.repeat(93)}`, 'line too long'],
  [`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`, 'line too long'],
  ['\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff', 'too long'],
  ['\r\n\r\n\0\r\nQUIT\n\x22\x11\0\x0c', 'unknown command'],
];

for (const [octets, reason] of refused) {
  test(`${JSON.stringify(octets.slice(0, 40))} is refused: ${reason}`, () => {
    assert.deepEqual(read([latin1(octets)]), { refused: reason });
  });
}

test('a line of 107 octets is read', () => {
  assert.notEqual(read([latin1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`)]), 'waiting');
});

function cut(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((each) => each % (octets.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...at, octets.length];
  return edges.slice(1).map((edge, index) => octets.subarray(edges[index], edge));
}

const parts = fc.constantFrom(
  'PROXY ',
  'TCP4 192.0.2.7 198.51.100.1 1 2',
  'TCP6 2001:db8::7 ::1 1 2',
  'UNKNOWN',
  '\r\n',
  '\n',
  '\r\n\r\n\0\r\nQUIT\n',
  '\x21\x11\0\x0c',
  '\x20\0\0\0',
  '\x21\x21\0\x24',
  '\xc0\0\x02\x07\xc6\x33\x64\x01\xdc\x04\x03\xe3',
  'USER a\r\n',
  'x'.repeat(40),
);

test('any chunking of octets gives the same header, the same rest, or the same refusal', () => {
  const octets = fc.array(parts, { maxLength: 8 }).map((words) => latin1(words.join('')));
  fc.assert(
    fc.property(octets, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
      assert.deepEqual(read(cut(whole, cuts)), read([whole]));
      assert.deepEqual(read(Array.from(whole, (octet) => Buffer.of(octet))), read([whole]));
    }),
    { numRuns: 3000 },
  );
});

test('no octets make it keep more than a header, or fail otherwise than by a refusal', () => {
  const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', '\r\n\r\n\0\r\nQUIT\n\x21');
  const octets = fc
    .tuple(start, fc.uint8Array({ maxLength: 300 }))
    .map(([text, rest]) => Buffer.concat([latin1(text), rest]));
  fc.assert(
    fc.property(octets, (whole) => {
      const reader = new ProxyHeaderReader();
      try {
        for (const octet of whole) if (reader.push(Buffer.of(octet)) !== undefined) return;
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === 'PROXY_HEADER_INVALID');
      }
      assert.ok(reader.pending.length <= 2048);
    }),
    { numRuns: 3000 },
  );
});
