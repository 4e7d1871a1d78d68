import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import { stripParts } from '../../src/pipeline/strip.ts';
import { collect, wholeMessage, withCode } from '../helpers/pipeline.ts';

const original = [
  ...['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'text'],
  ...['--b', 'Content-Type: message/rfc822', '', 'Subject: inner'],
  ...['Content-Type: multipart/mixed; boundary=i', '', '--i', '', 'one', '--i', '', 'two', '--i--'],
  ...['--b', 'Content-Type: application/zip', '', 'PK', '--b--', 'end', ''],
].join('\r\n');

async function stripped(...paths: readonly string[]): Promise<string> {
  const message = wholeMessage(original);
  const header = await message.header();
  const edits = new MessageEdits(message.spool, header);
  await stripParts(edits.body, paths, (path) => ({
    contentType: 'text/plain',
    content: `gone: ${path}`,
  }));
  const rendered = renderEdited(edits, undefined);
  return Buffer.concat([rendered.head, await collect(rendered.body())]).toString();
}

const note = (path: string): string =>
  [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    'Content-Disposition: inline',
    '',
    `gone: ${path}`,
  ].join('\r\n');

test('a note takes the place of each named part, all else keeps its octets', async () => {
  const zip = 'Content-Type: application/zip\r\n\r\nPK';
  assert.equal(
    await stripped('1.3', '1.2.1.2'),
    original.replace(zip, note('1.3')).replace('--i\r\n\r\ntwo', `--i\r\n${note('1.2.1.2')}`),
  );
});

test('a part inside one that goes is gone with it, in whatever order they are named', async () => {
  const inner = original.slice(
    original.indexOf('Content-Type: message'),
    original.indexOf('\r\n--b\r\nContent-Type: application'),
  );
  const expected = original.replace(inner, note('1.2'));
  assert.equal(await stripped('1.2.1.1', '1.2', '1.2', '1.2.1'), expected);
});

test('nothing to strip changes nothing', async () => {
  assert.equal(await stripped(), original);
});

test('the message itself and parts that are not there are refused', async () => {
  for (const path of ['1', '1.4', '1.10', '', '0']) {
    await assert.rejects(stripped('1.3', path), withCode('BODY_EDIT_INVALID'));
  }
});
