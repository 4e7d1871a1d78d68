import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitFields, trimBlanks, unfoldedValue } from '../../src/message/header-fields.ts';
import { octetsOf } from './chunking.ts';

const parsed = (text: string): (readonly [string | undefined, string])[] =>
  splitFields(Buffer.from(text, 'latin1')).fields.map((field) => [
    field.name,
    field.name === undefined
      ? field.source.toString('latin1', field.start, field.end)
      : unfoldedValue(field),
  ]);

for (const [name, text, expected] of [
  ['a field', 'A: b\r\n', [['A', 'b']]],
  ['an empty value', 'A:\r\n', [['A', '']]],
  ['a value with colons', 'A: b:c\r\n', [['A', 'b:c']]],
  ['an unfinished line', 'A: b', [['A', 'b']]],
  [
    'a bare CR as a line end',
    'A: b\rC: d\r\n',
    [
      ['A', 'b'],
      ['C', 'd'],
    ],
  ],
  ['a run of CR as one line end', 'A: b\r\r\n c\r\n', [['A', 'b c']]],
  ['NUL and 8-bit octets', 'A: \0\xff\r\n', [['A', '\0\xff']]],
  ['no-break spaces, which are no blanks', 'A: \xa0b\xa0\r\n', [['A', '\xa0b\xa0']]],
  [
    'a line without colon',
    'A: b\r\njunk\r\nC: d\r\n',
    [
      ['A', 'b'],
      [undefined, 'junk\r\n'],
      ['C', 'd'],
    ],
  ],
  ['a name with a blank inside', 'A B: c\r\n', [[undefined, 'A B: c\r\n']]],
  ['a line that starts with a colon', ': c\r\n', [[undefined, ': c\r\n']]],
  [
    'a continuation line on top',
    ' a: b\r\nC: d\r\n',
    [
      [undefined, ' a: b\r\n'],
      ['C', 'd'],
    ],
  ],
  ['lines behind the blank line', 'A: b\r\n\r\nC: d\r\n', [['A', 'b']]],
] as const) {
  test(`fields are told apart with ${name}`, () => {
    assert.deepEqual(parsed(text), expected);
  });
}

test('the fields cover all octets before the blank line, in order', () => {
  fc.assert(
    fc.property(octetsOf('\r\n', '\n', '\r', 'A: b', ' ', ':'), (octets) => {
      const { fields, tailStart } = splitFields(octets);
      let at = 0;
      for (const field of fields) {
        assert.equal(field.start, at);
        assert.ok(field.end > at);
        at = field.end;
      }
      assert.equal(at, tailStart);
    }),
  );
});

test('trimming takes blanks and tabs only', () => {
  assert.equal(trimBlanks(' \ta b\x0b\t '), 'a b\x0b');
  assert.equal(trimBlanks(' \t '), '');
});
