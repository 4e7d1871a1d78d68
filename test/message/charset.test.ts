import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeCharset,
  decodeOctetString,
  decodeText,
  decodeUnlabelled,
} from '../../src/message/charset.ts';

test('a known charset is used', () => {
  assert.equal(decodeCharset(Buffer.from([0xcf, 0xf0]), 'windows-1251'), 'Пр');
});

test('an unknown or absurd charset gives latin1', () => {
  for (const label of ['x-unknown', '', '\0', 'utf-7']) {
    assert.equal(decodeCharset(Buffer.from([0xe9]), label), 'é');
  }
});

test('unlabelled octets are UTF-8 if they can be, else latin1', () => {
  assert.equal(decodeUnlabelled(Buffer.from('ü')), 'ü');
  assert.equal(decodeUnlabelled(Buffer.from([0xfc])), 'ü');
  assert.equal(decodeOctetString('\xc3\xbc'), 'ü');
  assert.equal(decodeOctetString('plain'), 'plain');
});

const texts: readonly (readonly [string | undefined, readonly number[], string | undefined])[] = [
  ['iso-8859-15', [0xa4], '€'],
  [' KOI8-R ', [0xf0], 'П'],
  ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42], 'あ'],
  ['cp932', [0x82, 0xa0], 'あ'],
  ['cp950', [0xa4, 0x40], '一'],
  ['utf-16le', [0x61, 0x00], 'a'],
  ['us-ascii', [0xc3, 0xbc], 'ü'],
  ['US-ASCII', [0xfc], 'ü'],
  [undefined, [0xef, 0xbb, 0xbf, 0x61], 'a'],
  ['utf-8', [0xef, 0xbb, 0xbf, 0x61, 0xff], 'a\ufffd'],
  ['', [0x61], 'a'],
  ['utf-7', [0x61], undefined],
  ['x-unknown', [0x61], undefined],
  ['iso-2022-kr', [0x61], undefined],
];

for (const [label, octets, expected] of texts) {
  test(`text in ${label} is ${expected === undefined ? 'not guessed at' : 'decoded'}`, () => {
    assert.equal(decodeText(Buffer.from(octets), label), expected);
  });
}
