import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWords } from '../../../src/message/encoded-word.ts';
import { addressField } from '../../../src/pipeline/notice/address-field.ts';
import { assertPlain } from '../../helpers/own-message.ts';

const cases = {
  'plain addresses keep their octets': [
    'Ann "the boss" <ann@example.org>, kim@example.org (Kim)',
    'Ann "the boss" <ann@example.org>, kim@example.org (Kim)',
  ],
  'an encoded name is written anew': [
    '=?iso-8859-1?q?J=FCrgen?= <j@example.org>',
    '=?utf-8?B?SsO8cmdlbg==?= <j@example.org>',
  ],
  'a name that decodes to an address is quoted': [
    '=?utf-8?q?a=40b=2C_c=22?= <d@example.org>',
    '"a@b, c\\"" <d@example.org>',
  ],
  'a name that decodes to an encoded word is not decoded again': [
    '=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?= <d@example.org>',
    '"= ?utf-8?q?x?=" <d@example.org>',
  ],
  'a group keeps its members': [
    '=?utf-8?q?=C3=A9?=: a@b.example, c@d.example;',
    'a@b.example, c@d.example',
  ],
  'what is no address is dropped beside one that is': [
    '=?utf-8?q?=C3=A9?=, <a b@c>, d@example.org',
    'd@example.org',
  ],
  'a text without an address leads nowhere': ['=?utf-8?q?Bank?=', '"Bank" <unknown@invalid>'],
  'nothing gives no field': ['', undefined],
  'blanks alone give no field': ['=?utf-8?q?=E2=80=AE?=', undefined],
} as const;

for (const [name, [value, expected]] of Object.entries(cases)) {
  test(name, () => assert.equal(addressField(value), expected));
}

test('of a long list twenty addresses are kept', () => {
  const list = Array.from({ length: 500 }, (_, index) => `u${index}@example.org`).join(', ');
  const kept = addressField(list)?.split(', ') ?? [];
  assert.equal(kept.length, 20);
  assert.equal(kept.at(-1), 'u19@example.org');
});

test('whatever the octets, the field is ASCII and decodes to plain text', () => {
  const pieces = fc.constantFrom(
    '=?utf-8?b?',
    '=?utf-8?q?',
    '?=',
    '<',
    '>',
    '"',
    '\\',
    '(',
    ',',
    '@',
    'é',
  );
  const value = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 12 })
    .map((each) =>
      Buffer.from(each.join(''))
        .toString('latin1')
        .replaceAll(/[\r\n]/g, ' '),
    );
  fc.assert(
    fc.property(value, (octets) => {
      const field = addressField(octets) ?? '';
      assert.match(field, /^[\x20-\x7e]*$/);
      assertPlain(decodeWords(field));
    }),
    { numRuns: 500 },
  );
});
