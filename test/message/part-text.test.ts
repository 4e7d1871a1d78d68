import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPartText } from '../../src/message/part-text.ts';

const rows: readonly (readonly [string | undefined, Buffer, string])[] = [
  ['text/plain; charset="koi8-r"', Buffer.from([0xf0]), 'П'],
  ['text/plain; charset=x-none', Buffer.from([0xe9]), 'é'],
  ['text/plain', Buffer.from('ü'), 'ü'],
  [undefined, Buffer.from([0xfc]), 'ü'],
];

for (const [contentType, octets, text] of rows) {
  test(`the text of a part that is ${contentType}`, () => {
    assert.equal(readPartText(octets, contentType), text);
  });
}
