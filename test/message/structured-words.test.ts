import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStatement } from '../../src/message/stated-values.ts';
import { structuredWords } from '../../src/message/structured-words.ts';

const shown = (value: string): string | undefined =>
  structuredWords(value)
    ?.map(({ kind, text }) => (kind === 'comment' ? `(${text})` : text))
    .join('|');

for (const [what, value, words] of [
  ['blanks of every kind', ' a \t b\r\n c', 'a|b|c'],
  ['a comment', 'a (b c) d', 'a|(b c)|d'],
  ['comments in comments', 'a (b (c) d)e', 'a|(b (c) d)|e'],
  ['a parenthesis that is quoted in a comment', String.raw`(a \) b) c`, String.raw`(a \) b)|c`],
  ['a comment right behind a word', 'a(b)', 'a|(b)'],
  ['a semicolon', 'a;b ; c', 'a|;|b|;|c'],
  ['a quoted string with all of these', '"a (b; c" d', '"a (b; c"|d'],
  ['a quotation mark in a quoted string', String.raw`"a \" b" c`, String.raw`"a \" b"|c`],
  ['a closing parenthesis alone', 'a ) b', 'a|)|b'],
  ['nothing', '', ''],
  ['a comment without end', 'a (b (c) d', undefined],
  ['a quoted string without end', 'a "b c', undefined],
] as const) {
  test(`words and comments are told apart: ${what}`, () => {
    assert.equal(shown(value), words);
  });
}

test('behind the first semicolon nothing is looked at, if that is wanted', () => {
  const words = structuredWords('a (b;) c; (d', 'first clause');
  assert.deepEqual(
    words?.map(({ text }) => text),
    ['a', 'b;', 'c', ';'],
  );
});

test('the time for comments in comments is linear', () => {
  const value = '('.repeat(500_000);
  assert.equal(structuredWords(value), undefined);
  assert.equal(structuredWords(`${value}${')'.repeat(500_000)}`)?.length, 1);
});

test('values are read from results, and not from comments about them', () => {
  const { subject, values } = readStatement(
    'MX.example.net; spf=pass (smtp.mailfrom=b@x.test) smtp.mailfrom="a@x.test"; spf=fail smtp.helo=h',
  ) ?? { subject: undefined, values: new Map() };
  assert.equal(subject, 'mx.example.net');
  assert.deepEqual(
    [...values],
    [
      ['spf', 'pass'],
      ['smtp.mailfrom', 'a@x.test'],
      ['smtp.helo', 'h'],
    ],
  );
});
