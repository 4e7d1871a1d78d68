import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArrivingMessage } from '../../src/pipeline/arriving-message.ts';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import { collect, emptyMessage, wholeMessage, withCode } from '../helpers/pipeline.ts';

const boundary = 'Content-Type: multipart/mixed; boundary=b';
const threeParts = [
  ...[
    'Subject: x',
    boundary,
    '',
    '--b',
    'Content-Type: text/plain; charset=koi8-r',
    '',
    '\xf0\xf2',
  ],
  ...['--b', 'Content-Type: text/html', 'Content-Transfer-Encoding: base64', '', 'PHA+'],
  ...['--b', 'Content-Type: application/pdf; name=a.pdf', '', '%PDF', '--b--', ''],
].join('\r\n');

async function startOn(message: ArrivingMessage): Promise<MessageEdits> {
  return new MessageEdits(message.spool, await message.header());
}

async function start(content: string): Promise<{ message: ArrivingMessage; edits: MessageEdits }> {
  const message = wholeMessage(Buffer.from(content, 'latin1'));
  return { message, edits: await startOn(message) };
}

async function sent(edits: MessageEdits, target?: number): Promise<string> {
  const rendered = renderEdited(edits, target);
  const whole = Buffer.concat([rendered.head, await collect(rendered.body())]);
  assert.equal(rendered.octets, whole.length);
  return whole.toString('latin1');
}

/** Counts the octets that are read from a spool. */
function watch({ spool }: ArrivingMessage): { octets: number; longest: number } {
  const seen = { octets: 0, longest: 0 };
  const readSpool = spool.read.bind(spool);
  spool.read = async function* (from?: number) {
    for await (const piece of readSpool(from)) {
      seen.octets += piece.length;
      seen.longest = Math.max(seen.longest, piece.length);
      yield piece;
    }
  };
  return seen;
}

test('parts tell their headers, names and decoded content, and the new ones as well', async () => {
  const { edits } = await start(threeParts);
  const body = edits.body.editor();
  await body.add({ contentType: 'text/plain', content: 'caf\u00e9', fileName: 'n.txt' });
  const seen: unknown[] = [];
  for await (const part of body.parts()) {
    const { path, depth, contentType, fileNames, isContainer } = part;
    const head = await part.head(2);
    const content = await collect(part.content());
    assert.ok(content.subarray(0, 2).equals(head));
    seen.push([path, depth, contentType, fileNames, isContainer, content.toString('latin1')]);
  }
  assert.deepEqual(seen, [
    ['1', 0, 'multipart/mixed', [], true, ''],
    ['1.1', 1, 'text/plain', [], false, '\xf0\xf2'],
    ['1.2', 1, 'text/html', [], false, '<p>'],
    ['1.3', 1, 'application/pdf', ['a.pdf'], false, '%PDF'],
    ['1.4', 1, 'text/plain', ['n.txt'], false, 'caf\xc3\xa9'],
  ]);
});

test('parts may be edited while they are walked; each path is the one at that moment', async () => {
  const { edits } = await start(threeParts);
  const body = edits.body.editor();
  const paths: string[] = [];
  for await (const part of body.parts()) {
    paths.push(`${part.path} ${part.contentType}`);
    if (part.contentType === 'text/plain') await body.drop(part.path);
    if (part.contentType === 'text/html') await body.setText(part.path, '<b>');
  }
  assert.deepEqual(paths, [
    '1 multipart/mixed',
    '1.1 text/plain',
    '1.1 text/html',
    '1.2 application/pdf',
  ]);
  const whole = await sent(edits);
  assert.match(whole, /\r\n\r\n<b>\r\n--b\r\n/);
  assert.ok(!whole.includes('koi8-r'));
});

test('parts inside a part that was replaced meanwhile are passed over', async () => {
  const inner = 'Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\none\r\n--i--';
  const { edits } = await start(`${boundary}\r\n\r\n--b\r\n${inner}\r\n--b--\r\n`);
  const body = edits.body.editor();
  const paths: string[] = [];
  for await (const part of body.parts()) {
    paths.push(part.path);
    if (part.path === '1.1') await body.replace('1.1', { contentType: 'text/plain', content: '' });
  }
  assert.deepEqual(paths, ['1', '1.1']);
});

test('text is decoded from the charset and the encoding of its part', async () => {
  const { edits } = await start(threeParts);
  const body = edits.body.editor();
  assert.equal(await body.text('1.1'), '\u041f\u0420');
  assert.equal(await body.text('1.2'), '<p>');
  assert.equal(await body.text('1.2', 3), '<p>');
  assert.equal(await body.text('1.2', 2), undefined);
  for (const path of ['1', '1.3', '1.4', 'x']) assert.equal(await body.text(path), undefined);
  await body.setText('1.1', '\u0416\n');
  assert.equal(await body.text('1.1'), '\u0416\r\n');
  assert.equal(edits.body.isChanged, true);
});

test('text in a charset that is not known is not guessed at', async () => {
  const { edits } = await start('Content-Type: text/plain; charset=x-secret\r\n\r\ntext');
  assert.equal(await edits.body.editor().text('1'), undefined);
});

test('what is sealed can be asked before it is broken', async () => {
  const { edits } = await start('Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx');
  const body = edits.body.editor();
  assert.equal(await body.isSealed('1.1'), true);
  await assert.rejects(body.isSealed('1.2'), withCode('BODY_EDIT_INVALID'));
});

test('the message is read only when a plugin asks, and once for all of them', async () => {
  const message = wholeMessage(threeParts);
  const seen = watch(message);
  await message.header();
  const afterHeader = seen.octets;
  const edits = await startOn(message);
  edits.header.add('X-A', 'b');
  assert.equal(edits.body.segments(), undefined);
  assert.equal(seen.octets, afterHeader);
  await edits.body.editor().isSealed('1');
  const afterLayout = seen.octets;
  assert.equal(afterLayout - afterHeader, message.spool.octets);
  await edits.body.editor().drop('1.1');
  assert.equal(seen.octets, afterLayout);
});

test('a wrapped message has the same boundary each time, one that stood nowhere in it', async () => {
  const wrap = async (content: string): Promise<string> => {
    const { edits } = await start(content);
    await edits.body.editor().add({ contentType: 'text/plain', content: 'new' });
    return sent(edits);
  };
  const content = 'Subject: x\r\n\r\ntext\r\n';
  const whole = await wrap(content);
  assert.equal(await wrap(content), whole);
  const [, found = ''] = /boundary="([^"]+)"/.exec(whole) ?? [];
  assert.match(found, /^=_postern_[0-9a-f]{24}$/);
  assert.equal(whole.split(`--${found}`).length, 4);
  assert.notEqual(/boundary="([^"]+)"/.exec(await wrap(`${content}more`))?.[1], found);
  // Wrapped once more, what we wrapped before keeps its own boundary.
  assert.ok(
    (await wrap(`X: y\r\nContent-Type: text/plain\r\n\r\n${whole}`)).includes(`--${found}--`),
  );
});

test('edits of header and body meet in one header, and the size is filled exactly', async () => {
  const { edits } = await start('Subject: x\r\nContent-Type: text/html\r\n\r\n<p>\r\n');
  edits.header.add('X-First', '1');
  await edits.body.editor().add({ contentType: 'text/plain', content: 'new' });
  edits.header.replace('Subject', 'y');
  assert.equal(edits.header.get('Content-Type')?.startsWith('multipart/mixed'), true);
  const whole = await sent(edits, 1000);
  assert.equal(whole.length, 1000);
  const [head = ''] = whole.split('\r\n\r\n', 1);
  const names = head.split('\r\n').flatMap((line) => /^[\w-]+(?=:)/.exec(line)?.[0] ?? []);
  assert.deepEqual(names, ['X-First', 'MIME-Version', 'Content-Type', 'X-Postern-Pad', 'Subject']);
});

test('a snapshot from before the first look undoes everything', async () => {
  const { edits } = await start(threeParts);
  const before = { header: edits.header.snapshot(), body: edits.body.snapshot() };
  await edits.body.editor().replace('1', { contentType: 'text/plain', content: 'gone' });
  edits.header.restore(before.header);
  edits.body.restore(before.body);
  assert.equal(edits.body.isChanged, false);
  assert.equal(await sent(edits), threeParts);
});

test('a plugin whose time is over neither edits nor reads, not even what it had begun', async () => {
  const { edits } = await start(threeParts);
  let isOver = false;
  const body = edits.body.editor(() => {
    if (isOver) throw new Error('over');
  });
  const walk = body.parts()[Symbol.asyncIterator]();
  await walk.next();
  const begun = (await walk.next()).value?.content() ?? assert.fail();
  const part = { contentType: 'text/plain', content: '' };
  const running = [body.drop('1.1'), body.add(part), body.setText('1.1', '')];
  isOver = true;
  const late = [body.replace('1.1', part), body.text('1.1'), body.isSealed('1'), walk.next()];
  for (const attempt of [...running, ...late, collect(begun)]) {
    await assert.rejects(attempt, /over/);
  }
  assert.equal(await sent(edits), threeParts);
});

test('a message that is too complex cannot be edited, and stays as it is', async () => {
  const content = `${'Content-Type: message/rfc822\r\n\r\n'.repeat(40)}text`;
  const { edits } = await start(content);
  await assert.rejects(edits.body.editor().drop('1'), withCode('MESSAGE_TOO_COMPLEX'));
  assert.equal(await sent(edits), content);
});

test('a message of 200 MB is edited without holding it', { timeout: 60_000 }, async () => {
  const message = emptyMessage({ memoryBytes: 1024 * 1024, maxBytes: 300_000_000 });
  const { spool } = message;
  await using _spool = spool;
  const line = Buffer.from(`${'QUJD'.repeat(19)}\r\n`);
  const block = Buffer.concat(Array.from({ length: 10_000 }, () => line));
  const write = async (octets: Buffer): Promise<void> => {
    if (!spool.write(octets)) await new Promise<void>((resume) => spool.onDrain(resume));
  };
  await write(Buffer.from(`${boundary}\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n`));
  await write(Buffer.from('Content-Transfer-Encoding: base64\r\n\r\n'));
  while (spool.octets < 200_000_000) await write(block);
  await write(Buffer.from('--b--\r\n'));
  spool.complete();
  const seen = watch(message);
  const edits = await startOn(message);
  const body = edits.body.editor();
  await body.setText('1.1', 'text\nbanner');
  await body.add({ contentType: 'text/html', content: '<p>banner' });
  // One pass to lay it out, and no more than the header before.
  assert.ok(seen.octets < spool.octets + 2 * seen.longest);
  const segments = edits.body.segments() ?? assert.fail();
  const held = segments.map((segment) => (segment.kind === 'octets' ? segment.octets.length : 0));
  assert.ok(held.reduce((sum, octets) => sum + octets, 0) < 1000);
  const rendered = renderEdited(edits, undefined);
  let octets = rendered.head.length;
  for await (const piece of rendered.body()) octets += piece.length;
  assert.equal(octets, rendered.octets);
  assert.ok(octets > spool.octets);
  assert.ok(seen.longest <= 2 * block.length);
});
