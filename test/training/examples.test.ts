import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { type Example, readExamples } from '../../src/training/examples.ts';
import { TrainingLinks } from '../../src/training/training-links.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { collect, wholeMessage, withCode } from '../helpers/pipeline.ts';

const settings = { url: 'https://mail.example.net/learn/', validForDays: 14 };
const links = new TrainingLinks(createSecretKey(Buffer.alloc(32, 1)), settings, new FakeClock());
const headerField = 'X-Postern-Learn';
const facts = { links, headerField };
const id = (number: number): Buffer => Buffer.alloc(16, number);
const field = (number: number): string => `${headerField}: <${links.toLearn(id(number))}>`;

function forwarded(...originals: readonly string[]): string {
  const parts = originals.flatMap((each) => ['--f', 'Content-Type: message/rfc822', '', each]);
  const head = ['Subject: Fwd', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=f'];
  return [...head, '', '--f', '', 'see below', ...parts, '--f--', ''].join('\r\n');
}

function signedIn(examples: readonly Example[]): (number | 'unsigned')[] {
  return examples.map((each) => (each.kind === 'signed' ? (each.message[0] ?? 0) : 'unsigned'));
}

test('each attached message is an example; a good link proves whose it is', async () => {
  const content = forwarded(
    `${field(1)}\r\nSubject: a\r\n\r\ntext`,
    'Subject: b\r\n\r\ntext',
    `${headerField}: <${settings.url}forged>\r\n${field(2)}\r\n\r\ntext`,
  );
  assert.deepEqual(signedIn(await readExamples(wholeMessage(content), facts)), [1, 'unsigned', 2]);
});

test('a link anywhere else in an attached message, or above it, proves nothing', async () => {
  const inBody = `Subject: a\r\n\r\n${links.toLearn(id(1))}`;
  const content = `${field(3)}\r\n${forwarded(inBody)}`;
  assert.deepEqual(signedIn(await readExamples(wholeMessage(content), facts)), ['unsigned']);
});

test('what is attached to an attached message is no example of its own', async () => {
  const inner = `${field(2)}\r\nSubject: inner\r\n\r\ntext`;
  const outer = [
    field(1),
    'Content-Type: multipart/mixed; boundary=g',
    '',
    '--g',
    'Content-Type: message/rfc822',
    '',
    inner,
    '--g--',
  ].join('\r\n');
  assert.deepEqual(signedIn(await readExamples(wholeMessage(forwarded(outer)), facts)), [1]);
});

test('a message that is nothing but another one is an example', async () => {
  const content = `Content-Type: message/rfc822\r\n\r\n${field(4)}\r\n\r\ntext`;
  assert.deepEqual(signedIn(await readExamples(wholeMessage(content), facts)), [4]);
});

test('where an unsigned one lies is told, octet for octet', async () => {
  const original = 'Subject: b\r\n\r\ntext';
  const message = wholeMessage(forwarded(original));
  const [example] = await readExamples(message, { links: undefined, headerField: undefined });
  assert.ok(example?.kind === 'unsigned');
  const all = await collect(message.spool.read());
  assert.equal(all.subarray(example.start, example.end).toString(), original);
});

test('an inline forward counts by the first good link in its texts, also in an encoded one', async () => {
  const text = `> ${links.toLearn(id(5))}\r\n> ${links.toLearn(id(6))}\r\n`;
  const encoded = Buffer.from(text).toString('base64');
  const plain = wholeMessage(`Subject: Fwd\r\n\r\n${text}`);
  const base64 = wholeMessage(`Content-Transfer-Encoding: base64\r\n\r\n${encoded}\r\n`);
  for (const message of [plain, base64]) {
    assert.deepEqual(signedIn(await readExamples(message, facts)), [5]);
  }
  assert.deepEqual(await readExamples(wholeMessage('Subject: hi\r\n\r\nhello'), facts), []);
});

test('of a message with very many attached ones, no more than a hundred count', async () => {
  const content = forwarded(...Array.from({ length: 300 }, () => `${field(1)}\r\n\r\nx`));
  assert.equal((await readExamples(wholeMessage(content), facts)).length, 100);
});

test('a message whose parts cannot all be seen gives nothing', async () => {
  const content = forwarded(...Array.from({ length: 5000 }, () => 'a: b\r\n\r\nx'));
  await assert.rejects(readExamples(wholeMessage(content), facts), withCode('MESSAGE_TOO_COMPLEX'));
});
