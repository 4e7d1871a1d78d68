import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundaryGuard } from '../../src/message/boundary-guard.ts';
import { canonicalText, encodeBinary, encodeText } from '../../src/message/content-encoding.ts';
import { createTransferDecoder } from '../../src/message/transfer-decoding.ts';

const noBoundaries = new BoundaryGuard([]);

const choices: readonly (readonly [string, string, string])[] = [
  ['plain text', 'one\r\n\r\n-- \r\nname\r\n', '7bit'],
  ['nothing', '', '7bit'],
  ['a line of 998 characters', 'x'.repeat(998), '7bit'],
  ['a line of 999 characters', 'x'.repeat(999), 'quoted-printable'],
  ['what an mbox file takes for a message', 'one\r\nFrom here on', 'quoted-printable'],
  ['mostly ASCII', 'Viele Gr\u00fc\u00dfe und bis bald\r\n', 'quoted-printable'],
  ['other scripts', '\u3053\u3093\u306b\u3061\u306f\u4e16\u754c', 'base64'],
  ['NUL among text', 'some plain text with a \0 in it', 'quoted-printable'],
];

for (const [name, text, encoding] of choices) {
  test(`${name} is written as ${encoding}`, () => {
    assert.equal(encodeText(text, noBoundaries).encoding, encoding);
  });
}

test('all line ends become CRLF, and half a character becomes U+FFFD', () => {
  assert.equal(canonicalText('a\nb\rc\r\nd\n\re\ud800'), 'a\r\nb\r\nc\r\nd\r\n\r\ne\ufffd');
});

function decoded(encoding: string, octets: Buffer): Buffer {
  const decoder = createTransferDecoder(encoding);
  return Buffer.concat([decoder.push(octets), decoder.end()]);
}

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r\n', '--b', '--', '-', ' ', '\t', '=', 'From ', '.', '\u20ac', '\0'),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constant('x'.repeat(700)),
    ),
  )
  .map((pieces) => canonicalText(pieces.join('')));

test('what is written decodes to the text, in lines that may be sent, none of them a boundary', () => {
  const guard = new BoundaryGuard([Buffer.from('b'), Buffer.from('-')]);
  fc.assert(
    fc.property(anyText, (text) => {
      const { encoding, octets } = encodeText(text, guard);
      assert.equal(decoded(encoding, octets).toString(), text);
      const written = octets.toString('latin1');
      assert.ok(octets.every((octet) => octet > 0 && octet < 128));
      for (const line of written.split('\r\n')) {
        assert.ok(line.length <= (encoding === '7bit' ? 998 : 76));
        assert.doesNotMatch(line, /^--[b-]|[\r\n]/);
      }
    }),
  );
});

test('octets come back from base64 as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (array) => {
      const content = Buffer.from(array);
      const { encoding, octets } = encodeBinary(content);
      assert.deepEqual(decoded(encoding, octets), content);
      assert.match(octets.toString('latin1'), /^(?:[\w+/=]{1,76}(?:\r\n(?=.))?)*$/);
    }),
  );
});
