import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMismatch } from '../../../../plugins/attachment-policy/types/mismatch.ts';

type Case = readonly [
  extension: string,
  type: string,
  detected: string | undefined,
  isWrong: boolean,
];

const none = 'application/octet-stream';

const cases: readonly Case[] = [
  ['pdf', none, 'zip', true],
  ['pdf', none, 'html', true],
  ['jpg', none, 'rar', true],
  ['png', 'image/png', 'html', true],
  ['txt', 'text/plain', 'iso', true],
  ['docx', none, '7z', true],
  ['xlsx', none, 'zip', true],
  ['zip', none, 'iso', true],
  ['mp4', none, 'lnk', true],
  ['', 'image/jpeg', 'zip', true],
  ['', 'application/pdf', 'html', true],

  ['pdf', none, 'pdf', false],
  ['pdf', none, undefined, false],
  ['jpg', none, 'png', false],
  ['docx', none, 'docx', false],
  ['docx', none, 'cfb', false],
  ['doc', none, 'rtf', false],
  ['xls', none, 'html', false],
  ['xls', none, 'xml', false],
  ['csv', 'text/csv', 'xlsx', false],
  ['txt', none, 'html', false],
  ['zip', none, 'rar', false],
  ['zip', none, 'docx', false],
  ['tgz', none, 'gz', false],
  ['html', none, 'xml', false],
  ['dat', 'image/jpeg', 'zip', false],
  ['', none, 'zip', false],
  ['xyz', none, 'zip', false],
];

for (const [extension, type, detected, isWrong] of cases) {
  test(`${detected} named .${extension} as ${type} is ${isWrong ? 'wrong' : 'in order'}`, () => {
    const extensions = new Set(extension === '' ? [] : [extension]);
    assert.equal(findMismatch(detected, extensions, type), isWrong ? detected : undefined);
  });
}

test('of two names one that is wrong is enough', () => {
  assert.equal(findMismatch('zip', new Set(['pdf', 'zip']), none), 'zip');
});
