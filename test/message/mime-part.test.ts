import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderBlock } from '../../src/message/header-block.ts';
import { readPartFacts } from '../../src/message/mime-part.ts';

const facts = (header: string, defaultType = 'text/plain') =>
  readPartFacts(new HeaderBlock(Buffer.from(`${header}\r\n\r\n`)), defaultType);

for (const [header, contentType, kind] of [
  ['X: y', 'text/plain', 'leaf'],
  ['Content-Type: TEXT/HTML; charset=x', 'text/html', 'leaf'],
  ['Content-Type: nonsense', 'text/plain', 'leaf'],
  ['Content-Type:', 'text/plain', 'leaf'],
  ['Content-Type: multipart/mixed; boundary=b', 'multipart/mixed', 'multipart'],
  ['Content-Type : Multipart/X;\r\n\tBOUNDARY="b"', 'multipart/x', 'multipart'],
  ['Content-Type: multipart/mixed', 'multipart/mixed', 'leaf'],
  ['Content-Type: multipart/mixed; boundary=" "', 'multipart/mixed', 'leaf'],
  ['Content-Type: message/rfc822', 'message/rfc822', 'message'],
  ['Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64', 'message/rfc822', 'leaf'],
  ['Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit', 'message/rfc822', 'message'],
  ['Content-Type: message/delivery-status', 'message/delivery-status', 'leaf'],
] as const) {
  test(`${JSON.stringify(header)} is ${contentType} and a ${kind}`, () => {
    const { contentType: found, shape } = facts(header);
    assert.deepEqual([found, shape.kind], [contentType, kind]);
  });
}

test('the default type holds without Content-Type', () => {
  assert.equal(facts('X: y', 'message/rfc822').shape.kind, 'message');
});

test('of two types the one with children wins, and the names of both are kept', () => {
  const found = facts(
    'Content-Type: text/plain; name=a.txt\r\nContent-Type: multipart/mixed; boundary=b; name=c.exe',
  );
  assert.equal(found.contentType, 'multipart/mixed');
  assert.deepEqual(found.fileNames, ['a.txt', 'c.exe']);
});

test('names of the disposition come first', () => {
  const { fileNames, transferEncoding } = facts(
    'Content-Type: x/y; name=b\r\nContent-Disposition: attachment; filename=a\r\nContent-Transfer-Encoding: BASE64',
  );
  assert.deepEqual(fileNames, ['a', 'b']);
  assert.equal(transferEncoding, 'base64');
});
