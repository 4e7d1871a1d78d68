import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCharset, decodeOctetString, decodeUnlabelled } from '../../src/message/charset.ts';

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
