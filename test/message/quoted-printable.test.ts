import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toQuotedPrintable } from '../../src/message/quoted-printable.ts';
import { createTransferDecoder } from '../../src/message/transfer-decoding.ts';

const cases = {
  'plain text stays': ['Hello, world\r\n', 'Hello, world\r\n'],
  'an equals sign is escaped': ['a=b', 'a=3Db'],
  'characters beyond ASCII are UTF-8': ['é€', '=C3=A9=E2=82=AC'],
  'blanks at the end of a line are escaped': ['a \r\nb\t\r\n ', 'a=20\r\nb=09\r\n=20'],
  'no line starts like a message in an mbox file': ['From me\r\nFrom', '=46rom me\r\nFrom'],
  'controls and bare line ends are escaped': ['\0\n\r', '=00=0A=0D'],
  '76 characters are one line': ['x'.repeat(76), 'x'.repeat(76)],
  '77 characters are two lines': ['x'.repeat(77), `${'x'.repeat(75)}=\r\nxx`],
  'a character is not divided': [`${'x'.repeat(70)}é`, `${'x'.repeat(70)}=C3=A9`],
  'a character that would be is moved': [`${'x'.repeat(71)}é`, `${'x'.repeat(71)}=\r\n=C3=A9`],
} as const;

for (const [name, [text, expected]] of Object.entries(cases)) {
  test(name, () => assert.equal(toQuotedPrintable(text), expected));
}

test('any text comes back, in lines of at most 76 characters without a boundary', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const encoded = toQuotedPrintable(text);
      assert.match(encoded, /^(?:[\t\x20-\x7e]{0,76}\r\n)*[\t\x20-\x7e]{0,76}$/);
      assert.doesNotMatch(encoded, /=_|[ \t](?:\r\n|$)/);
      const decoder = createTransferDecoder('quoted-printable');
      const decoded = Buffer.concat([decoder.push(Buffer.from(encoded, 'latin1')), decoder.end()]);
      assert.equal(decoded.toString('utf8'), text.toWellFormed());
    }),
  );
});
