import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runPlugin } from '#plugin-testing';
import senderLists from '../../../plugins/sender-lists/index.ts';
import { optionsSchema } from '../../../plugins/sender-lists/options.ts';
import { tellOrigin } from '../../../src/plugin-api/sender-origin.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { bob, Lists, receivedAs, viewOf } from './letters.ts';

const blocked = '12 final sender-blocked';
const allowed = '-12 final sender-allowed';
const proven = receivedAs('dmarc=pass header.from=example.org');
const forged = receivedAs('dmarc=fail header.from=example.org');
const ofAnother = receivedAs('dmarc=pass header.from=other.example');
const fromAnn = ['From: Ann <ann@example.org>'];

test('a sender on no list is let through without a score', async () => {
  const { verdict } = await runPlugin(senderLists, {}, Buffer.from('From: a@example.org\r\n\r\n'));
  assert.deepEqual(verdict, { kind: 'pass' });
});

for (const [options, header, expected] of [
  [{ block: ['ann@example.org'] }, fromAnn, blocked],
  [{ block: ['example.org'] }, ['From: a@x.example.org'], blocked],
  [{ block: ['@example.org'] }, ['From: a@x.example.org'], 'pass'],
  [{ block: ['example.org'] }, ['From: a@badexample.org'], 'pass'],
  [{ block: ['/^a.n@/'] }, fromAnn, blocked],
  [{ block: ['Subject: /(?i)OFFER/'] }, ['Subject: =?utf-8?q?of=66er?='], blocked],
  [{ block: ['List-Id: <*.list.example>'] }, ['List-Id: <a.list.example>'], blocked],
  [{ block: ['list.example'] }, [...fromAnn, 'Sender: x@list.example'], blocked],
  [{ block: ['ann@example.org'] }, ['From: b@b.example', ...fromAnn], blocked],
  [{ block: ['ann@example.org'] }, ['From: "b@b.example" <ann@example.org>'], blocked],
  [{ allow: ['ann@example.org'] }, fromAnn, allowed],
  [{ allow: ['ann@example.org'] }, [...proven, ...fromAnn], allowed],
  [{ allow: ['ann@example.org'] }, [...forged, ...fromAnn], '0 sender-not-proven'],
  [
    { allow: ['ann@example.org'] },
    [...ofAnother, 'From: (b@other.example) ann@example.org'],
    '0 sender-not-proven',
  ],
  [{ allow: ['ann@example.org'] }, ['From: b@b.example', ...fromAnn], 'pass'],
  [{ allow: ['ann@example.org'] }, ['From: "ann@example.org" <b@b.example>'], 'pass'],
  [{ allow: ['ann@example.org'], authenticated: 'ignored' }, [...forged, ...fromAnn], allowed],
  [{ allow: ['ann@example.org'], authenticated: 'required' }, fromAnn, '0 sender-not-proven'],
  [{ allow: ['ann@example.org'], authenticated: 'required' }, [...proven, ...fromAnn], allowed],
  [
    { allow: ['List-Id: <a.example>'] },
    ['From: a@b.example', 'List-Id: <a.example>'],
    '-5 sender-allowed',
  ],
  [{ allow: ['ann@example.org'], block: ['example.org'] }, fromAnn, allowed],
  [
    { allow: ['ann@example.org'], block: ['example.org'] },
    [...forged, ...fromAnn],
    `${blocked} sender-not-proven`,
  ],
] as const) {
  test(`with ${JSON.stringify(options)}, ${header.at(-1)}: ${expected}`, async () => {
    const lists = await Lists.open(options);
    assert.equal(await lists.judge(header), expected);
  });
}

test('what a sender writes below the fields of the provider proves nothing', async () => {
  const lists = await Lists.open({ allow: ['ann@example.org'], authenticated: 'required' });
  const [received = ''] = receivedAs('x=y').slice(1);
  const own = receivedAs('dmarc=pass header.from=example.org');
  assert.equal(await lists.judge([received, ...own, ...fromAnn]), '0 sender-not-proven');
});

test('what the plugin that verifies signatures has found counts', async () => {
  const lists = await Lists.open({ allow: ['ann@example.org'], authenticated: 'required' });
  const view = viewOf(fromAnn, bob);
  tellOrigin(view, Promise.resolve({ signers: ['example.org'], author: 'none' }));
  const verdict = await lists.plugin.inspect?.(view);
  assert.equal(verdict?.kind === 'score' && verdict.isFinal, true);
});

test('a header field that allows only weighs, also in a file and by command', async () => {
  await using folder = await temporaryFolder('sender-lists');
  await writeFile(join(folder.path, 'allow.txt'), 'X-Ours: yes\n');
  const header = [...fromAnn, 'X-Ours: yes'];
  const file = { path: 'allow.txt', list: 'allow' };
  const fromFile = await Lists.open({ files: [file] }, folder.path);
  assert.equal(await fromFile.judge(header), '-5 sender-allowed');
  const byCommand = await Lists.open();
  const entry = { account: bob, entry: 'X-Ours: yes', untilMs: undefined } as const;
  byCommand.plugin.senderBook?.put({ ...entry, list: 'allow' });
  assert.equal(await byCommand.judge(header), '-5 sender-allowed');
  byCommand.plugin.senderBook?.put({ ...entry, list: 'block' });
  assert.equal(await byCommand.judge(header), blocked);
});

test('nobody gets off the list of the blocked by writing a header field', async () => {
  const lists = await Lists.open({ allow: ['X-Ours: *'], block: ['example.org'] });
  assert.equal(await lists.judge([...fromAnn, 'X-Ours: yes']), blocked);
});

test('an entry of the configuration may be for some accounts, and for a time', async () => {
  const lists = await Lists.open({
    block: [{ entry: 'example.org', accounts: ['*@example.net'], until: '2026-11-02' }],
  });
  assert.equal(await lists.judge(fromAnn), blocked);
  assert.equal(await lists.judge(fromAnn, { ...bob, user: 'eve@example.com' }), 'pass');
  await lists.clock.advance(86_400_000);
  assert.equal(await lists.judge(fromAnn), 'pass');
});

test('a list in a file is read again when it has changed', async () => {
  await using folder = await temporaryFolder('sender-lists');
  const file = join(folder.path, 'block.txt');
  await writeFile(
    file,
    '# ours\n\nann@example.org # a comment\nSubject: /#1/ until 2026-12-31\r\n',
  );
  const options = { files: [{ path: 'block.txt', list: 'block' }] };
  const lists = await Lists.open(options, folder.path);
  assert.equal(await lists.judge(fromAnn), blocked);
  assert.equal(await lists.judge(['Subject: your #1']), blocked);
  await writeFile(file, 'example.com\n');
  await lists.clock.advance(6000);
  assert.equal(await lists.judge(fromAnn), 'pass');
  assert.equal(await lists.judge(['From: a@example.com']), blocked);
  await writeFile(file, 'no entry at all\n');
  await lists.clock.advance(6000);
  assert.equal(await lists.judge(['From: a@example.com']), blocked, 'the entries stay');
});

test('a file that is wrong at the start is named with its line', async () => {
  await using folder = await temporaryFolder('sender-lists');
  await writeFile(join(folder.path, 'a.txt'), 'ann@example.org\nann@\n');
  const options = { files: [{ path: 'a.txt', list: 'allow' }] };
  await assert.rejects(Lists.open(options, folder.path), /a\.txt:2: 'ann@' is no address/);
});

test('senders of messages that were released or corrected are allowed for a time', async () => {
  for (const [source, name] of [
    ['quarantine', 'sender-released'],
    ['link', 'sender-corrected'],
  ] as const) {
    const lists = await Lists.open();
    assert.equal(await lists.learn(fromAnn, { source }), 'learned');
    assert.equal(await lists.judge(fromAnn), `-5 ${name}`);
    assert.equal(await lists.judge(fromAnn, { ...bob, user: 'eve' }), 'pass', 'of nobody else');
    await lists.clock.advance(181 * 86_400_000);
    assert.equal(await lists.judge(fromAnn), 'pass');
  }
});

test('a lesson that it is spam takes the sender off the list, and blocks nobody', async () => {
  const lists = await Lists.open();
  await lists.learn(fromAnn, { source: 'quarantine' });
  assert.equal(await lists.learn(fromAnn, { as: 'spam' }), 'learned');
  assert.equal(await lists.judge(fromAnn), 'pass');
  assert.equal(await lists.learn(fromAnn, { as: 'spam' }), 'unchanged');
});

for (const [what, header, lesson] of [
  ['a confirmation', fromAnn, { weight: 'confirmation' }],
  ['a message of two authors', ['From: a@a.example, b@b.example'], {}],
  ['a lesson of the administrator', fromAnn, { account: undefined }],
] as const) {
  test(`${what} puts nobody on a list`, async () => {
    const lists = await Lists.open();
    assert.equal(await lists.learn(header, lesson), 'unchanged');
    assert.equal(await lists.judge(header), 'pass');
  });
}

test('what a reader wants of a sender is done, and comes before lessons', async () => {
  const lists = await Lists.open();
  const wish = (as: 'allow' | 'block' | 'forget', header: readonly string[] = fromAnn) =>
    lists.plugin.heedSender?.({ account: bob, as, source: 'link', message: viewOf(header, bob) });
  assert.deepEqual(await wish('block'), { kind: 'learned' });
  assert.equal(await lists.judge(fromAnn), blocked);
  assert.equal(await lists.learn(fromAnn, {}), 'unchanged');
  assert.deepEqual(await wish('allow'), { kind: 'learned' });
  assert.equal(await lists.judge(fromAnn), allowed);
  assert.deepEqual(await wish('forget'), { kind: 'learned' });
  assert.equal(await lists.judge(fromAnn), 'pass');
  const twoAuthors = ['From: a@a.example, b@b.example'];
  assert.equal((await wish('allow', twoAuthors))?.kind, 'unchanged');
  assert.equal((await wish('block', twoAuthors))?.kind, 'learned');
  assert.equal(await lists.judge(twoAuthors), blocked);
});

test('senders that were put there by themselves give way, those on purpose stay', async () => {
  const lists = await Lists.open({ max_entries: 10 });
  const book = lists.plugin.senderBook;
  book?.put({ account: bob, list: 'block', entry: 'kept@example.org', untilMs: undefined });
  for (let count = 0; count < 30; count += 1) {
    await lists.clock.advance(1000);
    await lists.learn([`From: a${count}@example.org`], {});
  }
  const entries = [...(book?.entries(bob) ?? [])].map(({ entry }) => entry);
  assert.equal(entries.length, 10);
  assert.ok(entries.includes('kept@example.org'));
  assert.ok(entries.includes('a29@example.org'));
});

test('an account that is full of entries made on purpose takes no more', async () => {
  const lists = await Lists.open({ max_entries: 10 });
  const book = lists.plugin.senderBook;
  const put = (entry: string) =>
    book?.put({ account: bob, list: 'block', entry, untilMs: undefined });
  for (let count = 0; count < 10; count += 1) put(`a${count}@example.org`);
  assert.throws(() => put('more@example.org'), /no more than 10 entries/);
  assert.equal(put('a1@example.org')?.entry, 'a1@example.org', 'one that is there may be changed');
  assert.equal(await lists.learn(fromAnn, {}), 'unchanged');
  const message = viewOf(['From: more@example.org'], bob);
  const outcome = await lists.plugin.heedSender?.({
    account: bob,
    as: 'block',
    source: 'link',
    message,
  });
  assert.equal(outcome?.kind, 'unchanged');
});

test('the book of senders has each entry of an account once, and forgets what has ended', async () => {
  const lists = await Lists.open();
  const book = lists.plugin.senderBook;
  assert.ok(book);
  const untilMs = lists.clock.nowMs() + 1000;
  book.put({ account: bob, list: 'allow', entry: 'Example.ORG', untilMs: undefined });
  book.put({ account: bob, list: 'block', entry: 'example.org', untilMs });
  book.put({ account: undefined, list: 'block', entry: 'Subject: *offer*', untilMs: undefined });
  assert.deepEqual(
    [...book.entries('everyone')].map(({ account, list, entry }) => [account?.user, list, entry]),
    [
      [undefined, 'block', 'Subject: *offer*'],
      ['bob@example.net', 'block', 'example.org'],
    ],
  );
  assert.equal(await lists.judge(['Subject: an offer for you']), blocked);
  await lists.clock.advance(2000);
  assert.deepEqual([...book.entries(bob)], []);
  assert.equal(book.remove(undefined, 'subject: *offer*'), false);
  assert.equal(book.remove(undefined, 'Subject: *offer*'), true);
  assert.throws(() => book.remove(undefined, 'no entry'), SyntaxError);
});

for (const [value, problem] of [
  [{ allow: ['no entry'] }, /expected an entry of a list: 'no entry' is none of/],
  [{ block: ['/(/'] }, /expected an entry of a list/],
  [{ allow: [{ entry: 'a@b.example', until: 'soon' }] }, /expected a day|expected .*\{entry/],
  [{ remember: { released: 'long' } }, /expected never/],
  [{ authenticated: 'maybe' }, /expected required, when-known or ignored/],
  [{ own_domains: ['a b'] }, /expected a domain/],
] as const) {
  test(`${JSON.stringify(value)} is refused with a reason`, () => {
    const { error } = optionsSchema.safeParse(value);
    assert.match(error?.issues.map(({ message }) => message).join('\n') ?? '', problem);
  });
}

test('senders are remembered for never, or for a time', () => {
  const { rememberMs } = optionsSchema.parse({ remember: { released: 'never', answered: '2d' } });
  assert.deepEqual(rememberMs, {
    released: undefined,
    corrected: 180 * 86_400_000,
    answered: 2 * 86_400_000,
  });
});
