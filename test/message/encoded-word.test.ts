import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeWords, encodeWords } from '../../src/message/encoded-word.ts';

for (const [name, value, text] of [
  ['plain text', 'Hello', 'Hello'],
  ['Q in UTF-8', '=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an_alle?=', 'Grüße an alle'],
  ['B in UTF-8', '=?utf-8?b?w4TDlg==?=', 'ÄÖ'],
  ['another charset', '=?iso-8859-15?Q?=A4?=', '€'],
  ['a Japanese charset', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['a language', '=?utf-8*de?Q?=C3=BC?=', 'ü'],
  ['an unknown charset', '=?x-none?Q?=E9?=', 'é'],
  ['neighbours without the blank between', '=?utf-8?Q?a?= \t =?utf-8?Q?b?=', 'ab'],
  ['neighbours of two charsets', '=?utf-8?Q?=C3=A4?= =?latin1?Q?=E4?=', 'ää'],
  ['a character split over two words', '=?utf-8?B?w4Q=?= =?utf-8?Q?=C3?= =?utf-8?Q?=96?=', 'ÄÖ'],
  ['text around words', 'a =?utf-8?Q?b?= c =?utf-8?Q?d?=', 'a b c d'],
  ['a word inside text', 'x=?utf-8?Q?b?=y', 'xby'],
  ['blanks inside a word', '=?utf-8?Q?a b?=', 'a b'],
  ['missing base64 padding', '=?utf-8?B?YQ?=', 'a'],
  ['a broken escape', '=?utf-8?Q?a=ZZ=4?=', 'a=ZZ=4'],
  ['an escape right at the start', '=?utf-8?Q?=41?=', 'A'],
  ['an unfinished word', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
  ['an unknown encoding', '=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ['raw UTF-8', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
  ['raw latin1', 'Gr\xfc\xdfe', 'Grüße'],
  ['an empty word', 'a=?utf-8?Q??=b', 'ab'],
] as const) {
  test(`decoding reads ${name}`, () => {
    assert.equal(decodeWords(value), text);
  });
}

test('decoding a megabyte of word beginnings ends promptly', { timeout: 30_000 }, () => {
  for (const beginning of ['=?', '=?a?q?', '=?utf-8?q?a?= ']) {
    assert.ok(decodeWords(beginning.repeat(100_000)).length > 0);
  }
});

test('ASCII stays as it is', () => {
  assert.equal(encodeWords('[tag] =?utf-8?Q?a?= b'), '[tag] =?utf-8?Q?a?= b');
});

test('only the words that need it are encoded', () => {
  assert.equal(encodeWords('Jürgen <j@example.org>'), '=?utf-8?Q?J=C3=BCrgen?= <j@example.org>');
});

test('a blank beside an existing encoded word survives', () => {
  assert.equal(decodeWords(encodeWords('=?utf-8?Q?a?= é =?utf-8?Q?b?=')), 'a é b');
});

test('lone surrogates do not break a word', () => {
  assert.equal(decodeWords(encodeWords('a\ud800b')), 'a\ufffdb');
});

test('encoding gives ASCII words of at most 75 characters that decode to the text', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '?', '=', '_', ' ', 'é', '漢', '😀') });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 100 }), (value, column) => {
      // What looks like an encoded word stays as it is and so reads differently.
      fc.pre(!value.includes('=?'));
      const encoded = encodeWords(value, column);
      assert.match(encoded, /^[ -~]*$/);
      for (const word of encoded.split(' ')) {
        if (word.startsWith('=?')) assert.ok(word.length <= 75, word);
      }
      assert.equal(decodeWords(encoded), value);
    }),
  );
});
