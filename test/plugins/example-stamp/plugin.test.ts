import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import exampleStamp from '../../../plugins/example-stamp/index.ts';

test('the field is added once and nothing else changes', async () => {
  const message = Buffer.from('Subject: Hi\r\nx-came: forged\r\n\r\nHello.\r\n');
  const { output, verdict } = await runPlugin(exampleStamp, { name: 'X-Came' }, message);
  assert.equal(output.toString(), 'X-Came: sample\r\nSubject: Hi\r\n\r\nHello.\r\n');
  assert.equal(verdict, undefined);
});

test('a name that does not start with X- is refused', async () => {
  const message = Buffer.from('\r\n');
  await assert.rejects(
    runPlugin(exampleStamp, { name: 'Subject' }, message),
    /expected a name such as X-Came-Through/,
  );
});
