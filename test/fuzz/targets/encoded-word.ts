// Owns the fuzz target of encoded words, read from any octets and written from any text.
import assert from 'node:assert/strict';
import { decodeWords, encodeWords } from '../../../src/message/encoded-word.ts';
import { HeaderBlock } from '../../../src/message/header-block.ts';
import { toHeaderLine } from '../../../src/message/header-line.ts';
import { toReadableText } from '../../../src/message/text.ts';
import { type FuzzTarget, unlessRefused } from '../target.ts';

function checkReading(value: string): void {
  const text = decodeWords(value);
  assert.ok(text.length <= value.length, 'no octet becomes more than one character');
  assert.doesNotMatch(toReadableText(value), /\p{Cc}|\p{Zl}|\p{Zp}/u);
}

/** Words cut anywhere, even inside a character, are one text whatever blanks stand between them. */
function checkNeighbours(octets: Buffer): void {
  const middle = octets.length >> 1;
  const words = [octets.subarray(0, middle), octets.subarray(middle)].map(
    (part) => `=?utf-8?B?${part.toString('base64')}?=`,
  );
  const expected = new TextDecoder().decode(octets);
  for (const blanks of ['', ' ', '\t', ' \t ']) {
    assert.equal(decodeWords(words.join(blanks)), expected);
  }
  assert.equal(decodeWords(`a ${words[0]}${words[1]} b`), `a ${expected} b`);
}

/** Text that looks encoded already is left as it is, and read back as something else. */
function checkWriting(text: string): void {
  const value = text.replaceAll(/^[ \t]+|[ \t]+$/g, '');
  const line = unlessRefused('HEADER_INVALID', () => toHeaderLine('Subject', value));
  assert.equal(line === undefined, /[\r\n\0]/.test(value));
  if (line === undefined) return;
  assert.match(line.toString('latin1'), /^Subject:[\t\r\n -~]*\r\n$/);
  for (const each of line.toString('latin1').split('\r\n')) assert.ok(each.length <= 998);
  const header = new HeaderBlock(line);
  assert.deepEqual([...header.entries()].length, 1);
  const encoded = encodeWords(value, 'Subject: '.length);
  assert.equal(header.get('Subject'), encoded);
  if (!value.includes('=?')) assert.equal(decodeWords(encoded), value.toWellFormed());
}

export const encodedWord: FuzzTarget = {
  name: 'encoded-word',
  dictionary: [
    '=?utf-8?B?',
    '=?utf-8?Q?',
    '=?iso-8859-1*en?q?',
    '=?utf-16?b?',
    '=?iso-2022-jp?B?',
    '?=',
    '=?',
    '?',
    'YQ==',
    '=C3=A9',
    '\xc3\xa9',
    '\xf0\x9f\x93\xa7',
    ' ',
    '\t',
    '_',
  ],
  check(input) {
    checkReading(input.toString('latin1'));
    checkNeighbours(input);
    checkWriting(input.toString('utf8'));
    checkWriting(input.toString('latin1'));
    if (input.length % 2 === 0) checkWriting(input.toString('utf16le'));
  },
  exercise(input) {
    toReadableText(input.toString('latin1'));
    encodeWords(input.toString('utf8'));
    encodeWords(input.toString('latin1'));
  },
};
