import assert from 'node:assert/strict';
import { test } from 'node:test';
import fixNul from '../../../plugins/fix-nul/index.ts';
import { letter, outputOf, signedLetter } from '../letters.ts';

test('a NUL becomes 0x80 wherever it stands, and all else keeps its octets', async () => {
  const message = letter(
    ...['X-Odd:  \xff', 'Subject: a\0b', 'X-A: 1', 'X-A: 2\0', 'To:b'],
    ...['Content-Type: multipart/mixed; boundary=b', '', 'pre\0amble', '--b', 'X-\0: 1', ''],
    ...['a\0b\0\0c\xc3\n', '--b', 'Content-Type: image/png; name=a.png', '', '\x89PNG\0', '--b--'],
  );
  assert.equal(
    await outputOf(fixNul, {}, message),
    message.toString('latin1').replaceAll('\0', '\x80'),
  );
});

test('a message without NUL keeps every octet', async () => {
  const message = letter('Subject: a\xff', '', 'b\xff\x01\n');
  assert.equal(await outputOf(fixNul, {}, message), message.toString('latin1'));
});

test('a message with a signed or encrypted part keeps every octet', async () => {
  assert.equal(await outputOf(fixNul, {}, signedLetter), signedLetter.toString('latin1'));
  const type = 'Content-Type: application/pkcs7-mime; name=smime.p7m';
  const around = ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'a\0b', '--b', type];
  const encrypted = letter('Subject: \0', ...around, '', '\0', '--b--');
  assert.equal(await outputOf(fixNul, {}, encrypted), encrypted.toString('latin1'));
});
