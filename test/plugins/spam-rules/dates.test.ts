import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDate, receivedAt } from '../../../plugins/spam-rules/dates.ts';
import { HeaderBlock } from '../../../src/message/header-block.ts';

const march3 = Date.parse('2026-03-03T10:00:00Z');

for (const [text, ms] of [
  ['Tue, 3 Mar 2026 10:00:00 +0000', march3],
  ['3 Mar 2026 11:00:00 +0100 (CET)', march3],
  ['Tue, 03 Mar 2026 10:00:00 GMT', march3],
  ['tomorrow', undefined],
  ['', undefined],
] as const) {
  test(`a date: '${text}'`, () => assert.equal(parseDate(text), ms));
}

test('the date of the newest Received stands behind its last semicolon', () => {
  const fields =
    'Received: by a; b; Tue, 3 Mar 2026 10:00:00 +0000\r\nReceived: by c; nothing\r\n\r\n';
  assert.equal(receivedAt(new HeaderBlock(Buffer.from(fields))), march3);
  assert.equal(receivedAt(new HeaderBlock(Buffer.from('X: y\r\n\r\n'))), undefined);
});
