import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createTransferDecoder,
  transferEncodingToken,
} from '../../src/message/transfer-decoding.ts';
import { chunkLengths, cut, octetsOf } from './chunking.ts';

function decode(encoding: string | undefined, chunks: readonly Buffer[]): Buffer {
  const decoder = createTransferDecoder(encoding);
  return Buffer.concat([...chunks.map((chunk) => decoder.push(chunk)), decoder.end()]);
}

const decodeText = (encoding: string | undefined, text: string): string =>
  decode(encoding, [Buffer.from(text, 'latin1')]).toString('latin1');

for (const [name, encoded, expected] of [
  ['clean lines', 'SGVs\r\nbG8=\r\n', 'Hello'],
  ['octets outside the alphabet', 'S-G\0V s*b\xffG8=', 'Hello'],
  ['missing padding', 'SGVsbG8', 'Hello'],
  ['one digit too many', 'SGVsbG8=S', 'Hello'],
  ['padding in the middle', 'SGU=bGxv', 'Hello'],
  ['two padded texts in a row', 'SGVsbA==bw==', 'Hello'],
  ['padding only', '====', ''],
  ['surplus padding', 'SA=====ZQ==', 'He'],
  ['nothing', '', ''],
] as const) {
  test(`base64 is decoded with ${name}`, () => {
    assert.equal(decodeText('base64', encoded), expected);
  });
}

for (const [name, encoded, expected] of [
  ['escapes in either case', '=C3=bc=3D', '\xc3\xbc='],
  ['soft breaks with CRLF and LF', 'a=\r\nb=\nc', 'abc'],
  ['blanks behind a soft break', 'a= \t \r\nb', 'ab'],
  ['invalid escapes', 'a=ZZ=4=G1==41', 'a=ZZ=4=G1=A'],
  ['a bare CR behind =', 'a=\rb', 'a=\rb'],
  ['blanks that end no line', 'a= b', 'a= b'],
  ['a half escape before a line end', 'a=4\r\nb', 'a=4\r\nb'],
  ['= at the very end', 'a=', 'a'],
  ['a half escape at the very end', 'a=4', 'a=4'],
  ['line ends and 8-bit octets', 'a \r\n\xff\0', 'a \r\n\xff\0'],
  ['too many blanks for a soft break', `=${' '.repeat(2000)}\n`, `=${' '.repeat(2000)}\n`],
] as const) {
  test(`quoted-printable is decoded with ${name}`, () => {
    assert.equal(decodeText('quoted-printable', encoded), expected);
  });
}

for (const encoding of [undefined, '', '7bit', '8bit', 'binary', 'x-unknown']) {
  test(`the encoding ${encoding} leaves the octets`, () => {
    assert.equal(decodeText(encoding, 'a=41\r\nYQ=='), 'a=41\r\nYQ==');
  });
}

test('the name of the encoding is found in any dress', () => {
  for (const dress of ['base64', ' BASE64 ', '"base64"', 'base64;', '(x) base64 (y)', 'Base64 x']) {
    assert.equal(transferEncodingToken(dress), 'base64');
  }
  assert.equal(transferEncodingToken('()'), undefined);
});

test('base64 of anything, in lines, decodes to it in any chunking', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), chunkLengths, (octets, lengths) => {
      const encoded = Buffer.from(octets).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
      assert.deepEqual(decode('base64', cut(Buffer.from(encoded), lengths)), Buffer.from(octets));
    }),
  );
});

for (const [encoding, ...fragments] of [
  ['base64', 'YWJj', 'Y', '=', '==', '\r\n', '-'],
  ['quoted-printable', '=', '=4', '=41', '=\r\n', '= \t', '\r', '\n', 'text'],
  ['8bit', 'text', '\r\n'],
] as const) {
  test(`${encoding} decodes the same in any chunking`, () => {
    fc.assert(
      fc.property(octetsOf(...fragments), chunkLengths, (octets, lengths) => {
        assert.deepEqual(decode(encoding, cut(octets, lengths)), decode(encoding, [octets]));
      }),
    );
  });
}

test('ten megabytes decode promptly', { timeout: 30_000 }, () => {
  const octets = randomBytes(10 * 1024 * 1024);
  const encoded = Buffer.from(octets.toString('base64').replaceAll(/.{76}/g, '$&\r\n'));
  assert.ok(decode('base64', cut(encoded, [65_536])).equals(octets));
});

test('an encoding is found among nested comments', () => {
  const decoder = createTransferDecoder('(a(b(c))) base64 (d)');
  const decoded = Buffer.concat([decoder.push(Buffer.from('aGVsbG8=')), decoder.end()]);
  assert.equal(decoded.toString(), 'hello');
});
