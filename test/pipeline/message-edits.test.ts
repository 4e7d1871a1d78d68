import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';
import { MessageEdits } from '../../src/pipeline/message-edits.ts';
import { renderEdited } from '../../src/pipeline/render.ts';
import type { BodyEditor, WholeEditor } from '../../src/plugin-api/transform.ts';
import { collect, emptyMessage, withCode } from '../helpers/pipeline.ts';

const original = 'X-Postern-Finding: ours\r\nSubject: x\r\n\r\ntext\r\n';

interface Started {
  readonly edits: MessageEdits;
  readonly body: BodyEditor;
  readonly whole: WholeEditor;
  readonly budget: MemoryBudget;
  dispose(): Promise<void>;
}

async function start(check: () => void = () => {}, content = original): Promise<Started> {
  const budget = new MemoryBudget(1000);
  const { spool, content: arrived } = emptyMessage({ budget, maxBytes: 200 });
  spool.write(Buffer.from(content));
  spool.complete();
  const edits = new MessageEdits(spool, await arrived.header(), arrived);
  const [body, whole] = [edits.bodyEditor(check), edits.wholeEditor(check)];
  return { edits, body, whole, budget, dispose: () => spool[Symbol.asyncDispose]() };
}

async function* given(...pieces: readonly string[]): AsyncGenerator<Buffer, void, void> {
  for (const piece of pieces) yield Buffer.from(piece, 'latin1');
}

async function sent(edits: MessageEdits, target?: number): Promise<string> {
  const rendered = renderEdited(edits, target);
  const whole = Buffer.concat([rendered.head, await collect(rendered.body())]);
  assert.equal(rendered.octets, whole.length);
  return whole.toString('latin1');
}

async function shown(edits: MessageEdits): Promise<string> {
  return (await collect(edits.content().octets.read())).toString('latin1');
}

/** NUL becomes 0x80, all else stays. */
const withoutNul = Uint8Array.from({ length: 256 }, (_, octet) => (octet === 0 ? 0x80 : octet));

test('a whole new message is what later edits are about, with the fields of Postern from before', async () => {
  const { edits, body, whole } = await start();
  await body.setText('1', 'lost');
  await whole.replace(
    given('Subject: y\r\nx-postern-finding: for', 'ged\r\nContent-Type: text/html\r\n\r\n<p>\r\n'),
  );
  assert.equal(edits.header.get('Subject'), 'y');
  assert.equal(await body.text('1'), '<p>\r\n');
  edits.header.add('X-A', '1');
  await body.setText('1', '<b>');
  assert.equal(
    await sent(edits),
    [
      'X-Postern-Finding: ours\r\nX-A: 1\r\nContent-Transfer-Encoding: 7bit\r\nMIME-Version: 1.0\r\n',
      'Subject: y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>\r\n',
    ].join(''),
  );
});

test('what can be read is the message as the edits so far have left it', async () => {
  const { edits, body, whole } = await start();
  assert.equal(await shown(edits), original);
  edits.header.replace('Subject', 'z');
  assert.equal(await shown(edits), original.replace('Subject: x', 'Subject: z'));
  await whole.replace(given('Subject: y\r\n\r\nnew\r\n'));
  assert.equal(await shown(edits), 'X-Postern-Finding: ours\r\nSubject: y\r\n\r\nnew\r\n');
  await body.add({ contentType: 'text/plain', content: 'more' });
  assert.equal(await shown(edits), await sent(edits));
});

test('octets are exchanged in header and body, in what has been edited, and not in later edits', async () => {
  const { edits, body, whole } = await start(undefined, 'Subject: a\0b\r\n\r\n\0\r\n');
  await body.add({ contentType: 'application/x-a', content: Buffer.from('\0') });
  edits.header.add('X-Early', 'A');
  const table = withoutNul.map((octet) => (octet === 0x41 ? 0x42 : octet));
  await whole.mapOctets(table);
  table.fill(0);
  edits.header.add('X-Late', 'A');
  assert.equal(edits.header.get('Subject'), 'a\x80b');
  assert.equal(edits.header.get('X-Early'), 'B');
  const message = await sent(edits);
  assert.match(message, /^X-Late: A\r\n/);
  assert.match(message, /\r\n\r\n\x80\r\n/);
  assert.match(message, /\r\nBB==\r\n/);
});

test('exchanged octets forge no field of Postern and change none', async () => {
  const content = 'X-Postern-Finding: aa\r\nb-Postern-Finding: none\r\n\r\n';
  const { edits, whole } = await start(undefined, content);
  await whole.mapOctets(Uint8Array.from({ length: 256 }, (_, o) => (o === 0x62 ? 0x58 : o)));
  assert.deepEqual(edits.header.all('X-Postern-Finding'), ['aa']);
});

test('an exchange that makes another header is seen as such', async () => {
  const { edits, whole } = await start(undefined, 'A: b|C: d\r\n\r\ntext\r\n');
  await whole.mapOctets(Uint8Array.from({ length: 256 }, (_, o) => (o === 0x7c ? 0x0a : o)));
  assert.equal(edits.header.get('C'), 'd');
  assert.equal(await sent(edits), 'A: b\nC: d\r\n\r\ntext\r\n');
});

test('a snapshot brings back the message of before, edits and all', async () => {
  const { edits, body, whole } = await start();
  edits.header.add('X-A', '1');
  await body.setText('1', 'other');
  const before = edits.snapshot();
  const expected = await sent(edits);
  await whole.replace(given('Subject: y\r\n\r\nnew\r\n'));
  edits.header.add('X-B', '2');
  await whole.mapOctets(withoutNul);
  edits.restore(before);
  assert.equal(await sent(edits), expected);
});

test('the size is met where one field can do that, also for a whole new message', async () => {
  const { edits, whole } = await start();
  await whole.replace(given('Subject: y\r\n\r\nnew\r\n'));
  assert.equal((await sent(edits, 300)).length, 300);
});

const invalid: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a blank line', '\r\n'],
  ['a body without header', '\r\nSubject: x\r\n'],
  ['the complaint of a program', 'Traceback (most recent call last)\n  File "a"\nOops\n'],
];

for (const [name, content] of invalid) {
  test(`${name} takes the place of no message`, async () => {
    const { edits, whole, budget } = await start();
    await assert.rejects(whole.replace(given(content)), withCode('BODY_EDIT_INVALID'));
    assert.equal(await sent(edits), original);
    assert.equal(budget.usedBytes, original.length);
  });
}

test('what is larger than a message may be, or fails, changes nothing and is let go of', async () => {
  const { edits, whole, budget } = await start();
  const large = given('Subject: y\r\n\r\n', 'x'.repeat(150), 'x'.repeat(150));
  await assert.rejects(whole.replace(large), withCode('MESSAGE_TOO_LARGE'));
  async function* failing(): AsyncGenerator<Buffer, void, void> {
    yield Buffer.from('Subject: y\r\n\r\n');
    throw new Error('no luck');
  }
  await assert.rejects(whole.replace(failing()), /^Error: no luck$/);
  await assert.rejects(whole.mapOctets(new Uint8Array(255)), withCode('BODY_EDIT_INVALID'));
  assert.equal(await sent(edits), original);
  assert.equal(budget.usedBytes, original.length);
});

test('all octets of all versions are let go of with the first spool', async () => {
  const { whole, budget, dispose } = await start();
  await whole.replace(given('Subject: y\r\n\r\nnew\r\n'));
  await whole.replace(given('Subject: z\r\n\r\nnewer\r\n'));
  assert.ok(budget.usedBytes > original.length);
  await dispose();
  assert.equal(budget.usedBytes, 0);
});

test('whose time ends while the octets come changes nothing', async () => {
  let isOver = false;
  const { edits, whole } = await start(() => {
    if (isOver) throw new Error('over');
  });
  async function* slow(): AsyncGenerator<Buffer, void, void> {
    yield Buffer.from('Subject: y\r\n');
    isOver = true;
    yield Buffer.from('\r\nnew\r\n');
  }
  await assert.rejects(whole.replace(slow()), /^Error: over$/);
  await assert.rejects(whole.mapOctets(withoutNul), /^Error: over$/);
  assert.equal(await sent(edits), original);
});
