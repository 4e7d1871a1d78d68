import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DigestFacts, renderDigest } from '../../src/pipeline/digest.ts';
import type { QuarantineEntry } from '../../src/stores/store.ts';
import { type OwnMessage, readOwnMessage, tagsOf } from '../helpers/own-message.ts';

function entryWith(changes: Partial<QuarantineEntry> = {}): QuarantineEntry {
  return {
    id: '0123456789abcdef0123456789abcdef',
    code: 'K7QF-2M9P-X4TD',
    state: 'held',
    storedAtMs: Date.UTC(2026, 10, 2, 9, 12, 33),
    changedAtMs: Date.UTC(2026, 10, 2, 9, 12, 33),
    user: 'kim@example.org',
    upstreamHost: 'mail.example.org',
    action: 'hold',
    uidl: 'u1',
    sha256: '00',
    octets: 1000,
    findings: [{ plugin: 'clamav', finding: 'Eicar', part: 'x.zip' }],
    from: 'Ann <ann@example.org>',
    subject: 'Hello',
    date: undefined,
    messageId: undefined,
    sessionId: 's',
    clientAddress: '192.0.2.1',
    ...changes,
  };
}

function factsWith(changes: Partial<DigestFacts> = {}): DigestFacts {
  return {
    letterId: 'fedcba9876543210fedcba9876543210',
    entries: [entryWith()],
    language: 'en',
    contact: 'help@example.org',
    sender: 'Postern <postern@filter.example>',
    user: 'kim@example.org',
    nowMs: Date.UTC(2026, 10, 3, 6),
    timeZone: 'UTC',
    ...changes,
  };
}

const fields = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'List-Id',
  'Auto-Submitted',
  'MIME-Version',
  'Content-Type',
  'Content-Language',
];

async function read(facts: DigestFacts): Promise<OwnMessage> {
  const message = await readOwnMessage(renderDigest(facts));
  assert.deepEqual(message.names, fields);
  return message;
}

test('a digest lists what was held and says how to get it', async () => {
  const { header, text, html } = await read(factsWith());
  assert.equal(header.get('From'), 'Postern <postern@filter.example>');
  assert.equal(header.get('To'), 'kim@example.org');
  assert.equal(header.get('Subject'), 'Messages held back: 1');
  assert.equal(header.get('Date'), 'Tue, 03 Nov 2026 06:00:00 +0000');
  assert.equal(
    header.get('Message-ID'),
    '<postern-digest.fedcba9876543210fedcba9876543210@filter.example>',
  );
  assert.equal(header.get('List-Id'), 'Postern digest <postern-digest.filter.example>');
  assert.equal(header.get('Auto-Submitted'), 'auto-generated');
  assert.match(text, /has held back one\r\nmessage to you\.|has held back one message to you\./);
  assert.match(text, /^2 Nov 2026, 09:12\r$/m);
  assert.match(text, /^ {2}From: {4}Ann <ann@example\.org>\r$/m);
  assert.match(text, /^ {2}Found: {3}Eicar \(clamav\), in the part "x\.zip"\r$/m);
  assert.match(text, /^ {2}Code: {4}K7QF-2M9P-X4TD\r$/m);
  assert.match(text, /ask help@example\.org and give its code/);
  for (const shown of ['2 Nov 2026, 09:12', 'Ann &#60;ann', 'Hello', 'K7QF-2M9P-X4TD']) {
    assert.ok(html.includes(shown), shown);
  }
});

test('the same letter gives the same octets', () => {
  assert.ok(renderDigest(factsWith()).equals(renderDigest(factsWith())));
});

const subjects = {
  en: 'Messages held back: 2',
  de: 'Zurückgehaltene Nachrichten: 2',
  fr: 'Messages retenus\u00a0: 2',
  es: 'Mensajes retenidos: 2',
};

for (const [language, subject] of Object.entries(subjects)) {
  test(`a digest in ${language}`, async () => {
    const entries = [entryWith(), entryWith({ from: undefined, subject: undefined })];
    const { header, html } = await read(factsWith({ language, entries }));
    assert.equal(header.text('Subject'), subject);
    assert.equal(header.get('Content-Language'), language);
    assert.match(html, new RegExp(`<html lang="${language}">`));
  });
}

test('a digest of very many messages shows 200 of them and says how many there are more', async () => {
  const entries = Array.from({ length: 250 }, (_, index) => entryWith({ subject: `no ${index}` }));
  const { text, html } = await read(factsWith({ entries }));
  assert.match(text, /no 199\r\n/);
  assert.doesNotMatch(text, /no 200\r\n/);
  assert.match(text, /^and 50 more\r$/m);
  assert.match(html, /<p>and 50 more<\/p>/);
});

test('of very many findings five are named', async () => {
  const findings = Array.from({ length: 9 }, (_, index) => ({ plugin: 'p', finding: `f${index}` }));
  const { text } = await read(factsWith({ entries: [entryWith({ findings })] }));
  assert.match(text, /f4 \(p\); and 4 more\r$/m);
});

test('a login name that is no address is not written as one', async () => {
  const { header } = await read(factsWith({ user: 'kim, evil@example.org' }));
  assert.equal(header.get('To'), 'undisclosed-recipients:;');
});

test('whatever is known of the originals adds no field, part or tag', async () => {
  const tags = async (entries: readonly QuarantineEntry[]): Promise<string[]> =>
    tagsOf((await read(factsWith({ entries }))).html);
  const ordinary = await tags([entryWith()]);
  const pieces = fc.constantFrom('=?utf-8?q?=0D=0A?=', '\r\n\r\n', '<td>', '"', "'", '&', '--=_');
  const hostile = fc
    .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 8 })
    .map((each) => each.join(''));
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, hostile, async (from, subject, finding, part) => {
      const entry = entryWith({ from, subject, findings: [{ plugin: 'p', finding, part }] });
      assert.deepEqual(await tags([entry]), ordinary);
    }),
    { numRuns: 100 },
  );
});
