import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerBlockOf, openHeader } from '../../src/message/open-header.ts';

const first = Buffer.from('Subject: x\r\n');
const second = Buffer.from('To: y\r\n\r\n');

test('a header in one piece that is kept is not copied, any other is', () => {
  const header = openHeader(undefined);
  header.pieces.push(first);
  assert.equal(headerBlockOf(header, 'kept').bytes, first);
  assert.notEqual(headerBlockOf(header, 'passing').bytes, first);
  header.pieces.push(second);
  for (const chunks of ['kept', 'passing'] as const) {
    assert.deepEqual(headerBlockOf(header, chunks).bytes, Buffer.concat([first, second]));
  }
});

test('a header without octets is empty', () => {
  assert.equal(headerBlockOf(openHeader(undefined), 'kept').bytes.length, 0);
});
