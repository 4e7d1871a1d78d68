import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HeaderEditor, SpamAssessment } from '#plugin-api';
import { checkHeaders } from '../../../plugins/rspamd/check-request.ts';
import { applyChanges, changesOf } from '../../../plugins/rspamd/header-edits.ts';
import { judge } from '../../../plugins/rspamd/judgement.ts';
import { optionsSchema } from '../../../plugins/rspamd/options.ts';
import type { Reply } from '../../../plugins/rspamd/reply.ts';
import { isPrivateWay, parseServerAddress } from '../../../plugins/rspamd/server-address.ts';
import { disabledSymbols, silentSymbols } from '../../../plugins/rspamd/smtp-symbols.ts';
import { HeaderBlock, HeaderEdits } from '../../../src/message/header-block.ts';
import { sampleFacts } from '../../../src/pipeline/testing.ts';

const defaults = optionsSchema.parse({});

function reply(parts: Partial<Reply>): Reply {
  return { action: 'no action', score: 0, required_score: 15, symbols: {}, ...parts };
}

for (const [text, way] of [
  ['http://127.0.0.1:11333', 'private'],
  ['http://[::1]:11333', 'private'],
  ['http://localhost:11333/', 'private'],
  ['https://scan.example.org/rspamd', 'private'],
  ['unix:/run/rspamd/worker.sock', 'private'],
  ['http://scan.example.org:11333', 'open'],
  ['http://127.0.0.1.example.org', 'open'],
] as const) {
  test(`${text} is a server, on a way that is ${way}`, () => {
    const address = parseServerAddress(text);
    assert.ok(address !== undefined);
    assert.equal(isPrivateWay(address), way === 'private');
    assert.equal(address.name, text);
  });
}

for (const text of ['', 'scan.example.org', 'unix:', 'ftp://a', 'http://u:p@a/', 'http://a/?b']) {
  test(`'${text}' is no server`, () => {
    assert.equal(parseServerAddress(text), undefined);
  });
}

test('an open way has to be allowed, and no server stands twice', () => {
  const issuesOf = (options: object): string[] =>
    (optionsSchema.safeParse(options).error?.issues ?? []).map(({ message }) => message);
  const open = 'http://scan.example.org:11333';
  assert.deepEqual(issuesOf({ servers: [open] }), ['expected https, or allow_http: true']);
  assert.deepEqual(issuesOf({ servers: [open], allow_http: true }), []);
  assert.deepEqual(issuesOf({ servers: ['unix:/a', 'unix:/a'] }), [
    'expected different servers, got unix:/a twice',
  ]);
  assert.deepEqual(issuesOf({ learn: { controllers: [open] } }), [
    'expected https, or allow_http: true',
  ]);
});

const known = {
  clientAddress: '192.0.2.1',
  helo: 'mail.example.org',
  clientName: 'out.example.org',
  sender: '',
  recipients: ['a@x.test', 'b@x.test'],
  origin: 'outside',
} as const;

test('a request says what is known of the envelope, and nothing that is not', () => {
  const facts = sampleFacts(1);
  const { Settings, ...headers } = checkHeaders(facts, known, defaults);
  assert.deepEqual(headers, {
    'Queue-Id': '0123456789abcdef-1',
    Ip: '192.0.2.1',
    Helo: 'mail.example.org',
    Hostname: 'out.example.org',
    From: '<>',
    Rcpt: ['a@x.test', 'b@x.test'],
  });
  assert.match(String(Settings), /"GREYLIST_CHECK"/);
  const unknown = { recipients: [], origin: 'unknown' } as const;
  const kept = optionsSchema.parse({ smtp_symbols: 'keep', deliver_to: 'account' });
  assert.deepEqual(checkHeaders(facts, unknown, kept), {
    'Queue-Id': '0123456789abcdef-1',
    'Deliver-To': 'sample@pop.example.net',
  });
  const named = optionsSchema.parse({ settings_id: 'postern', mta_name: 'pop.example.net' });
  assert.deepEqual(checkHeaders(facts, unknown, named), {
    'Queue-Id': '0123456789abcdef-1',
    'Settings-ID': 'postern',
    'MTA-Name': 'pop.example.net',
  });
});

for (const [what, parts, logOdds] of [
  ['what is spam as likely as not', { score: 2.6 }, 0],
  ['points for ham', { score: -1 }, -2.34],
  ['points for spam', { score: 7 }, 2.86],
  ['a threshold of rspamd below ours', { score: 4, action: 'add header' }, 2.2],
  ['a subject to be rewritten', { score: 4, action: 'rewrite subject' }, 2.2],
  ['a refusal', { score: 4, action: 'reject' }, 7],
  ['a refusal with many points', { score: 20, action: 'reject' }, 11.31],
  ['another kind of refusal', { score: 4, action: 'discard' }, 7],
  ['a message that was left alone', { score: 0, is_skipped: true }, 0],
  ['a message for a while', { score: 5, action: 'greylist' }, 1.56],
] as const) {
  test(`the score of ${what}`, () => {
    const verdict = judge(reply(parts), defaults);
    assert.ok(verdict.kind === 'score');
    assert.ok(Math.abs(verdict.logOdds - logOdds) < 1e-9, String(verdict.logOdds));
  });
}

test('actions become what the options want', () => {
  const words = { smtp_message: 'Try again\r\nlater' };
  const soft = reply({ action: 'soft reject', score: 4, messages: words });
  assert.deepEqual(judge(soft, defaults), {
    kind: 'tempfail',
    reason: 'rspamd: soft reject: Try again  later',
  });
  assert.equal(judge(soft, { ...defaults, onSoftReject: 'score' }).kind, 'score');
  const grey = reply({ action: 'greylist', score: 4 });
  assert.equal(judge(grey, { ...defaults, onGreylist: 'defer' }).kind, 'tempfail');
  const refused = reply({ action: 'reject', score: 16 });
  assert.deepEqual(judge(refused, { ...defaults, onReject: 'block' }), {
    kind: 'block',
    finding: 'rspamd-reject',
    explanation: 'The spam filter refuses this message.',
    evidence: 'score 16 of 15',
  });
});

test('an action that weighs more than its points is a reason', () => {
  const given = reply({
    action: 'reject',
    score: 4,
    messages: { smtp_message: 'Gtube pattern' },
    symbols: { A: { score: 4 } },
  });
  const verdict = judge(given, defaults);
  assert.ok(verdict.kind === 'score');
  assert.deepEqual(
    verdict.reasons.map(({ name, logOdds, text }) => [name, logOdds.toFixed(2), text]),
    [
      ['action-reject', '6.09', 'Gtube pattern'],
      ['A', '2.60', undefined],
    ],
  );
});

test('reasons are the weightiest symbols, in words for people', () => {
  const symbols = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`S${index}`, { score: index - 15 }] as const),
  );
  const strange = {
    'ODD\r\nNAME': { score: 40, description: 'A\u0000b', options: ['x\r\ny', 'z'] },
  };
  const verdict = judge(reply({ symbols: { ...symbols, ...strange } }), defaults);
  assert.ok(verdict.kind === 'score');
  assert.equal(verdict.reasons.length, 20);
  assert.deepEqual(verdict.reasons[0], { name: 'ODD__NAME', logOdds: 26, text: 'A b: x  y, z' });
  assert.deepEqual(verdict.reasons[1], { name: 'S0', logOdds: -9.75 });
  assert.ok(verdict.reasons.every(({ logOdds }) => logOdds !== 0));
});

function edited(
  header: string,
  given: Partial<Reply>,
  spam?: SpamAssessment,
  mark?: (edits: HeaderEdits) => void,
): string {
  const edits = new HeaderEdits(new HeaderBlock(Buffer.from(`${header}\r\n\r\n`)));
  const policy = { headers: 'apply', subject: 'apply' } as const;
  const changes = changesOf(reply(given), policy, edits.text('Subject'));
  const edit: HeaderEditor = edits;
  mark?.(edits);
  if (changes !== undefined) applyChanges(edit, changes, spam);
  return [...edits.entries()].map(({ name, value }) => `${name}: ${value}`).join('\n');
}

const header = 'X-Spam: a\r\nX-Spam: b\r\nX-Spam: c\r\nFrom: a@example.org\r\nSubject: Hello';

for (const [what, milter, expected] of [
  ['all of a name', { remove_headers: { 'X-Spam': 0 } }, 'From: a@example.org\nSubject: Hello'],
  [
    'the second',
    { remove_headers: { 'X-Spam': 2 } },
    'X-Spam: a\nX-Spam: c\nFrom: a@example.org\nSubject: Hello',
  ],
  [
    'the last',
    { remove_headers: { 'x-spam': -1 } },
    'X-Spam: a\nX-Spam: b\nFrom: a@example.org\nSubject: Hello',
  ],
  [
    'several at once',
    { remove_headers: { 'X-Spam': [1, -1] } },
    'X-Spam: b\nFrom: a@example.org\nSubject: Hello',
  ],
  [
    'odd words',
    { remove_headers: { 'X-Spam': ['1', 1.5, null] }, add_headers: [] },
    header.replaceAll('\r', ''),
  ],
  ['an empty table', { remove_headers: [], add_headers: null }, header.replaceAll('\r', '')],
  [
    'what is not there',
    { remove_headers: { 'X-Other': 0, 'X-Spam': 9 } },
    header.replaceAll('\r', ''),
  ],
  [
    'what says who wrote it',
    { remove_headers: { From: 0, Subject: 1, 'X-Postern-Spam': 0 } },
    header.replaceAll('\r', ''),
  ],
] as const) {
  test(`fields are removed as rspamd counts them: ${what}`, () => {
    assert.equal(edited(header, { milter }), expected);
  });
}

test('fields are added in each form that rspamd has, and folded by nobody twice', () => {
  const add_headers = {
    'X-Spamd-Bar': '++',
    'X-Spamd-Result': { value: 'default: False\r\n\t[1.00 / 15.00]', order: 1 },
    'X-Many': ['a', { value: 'b' }],
    'X-Postern-Spam': 'ham',
    'X-Empty': '',
    'Reply-To': 'b@example.org',
    'X-Bad:': 'c',
  };
  const text = edited('Subject: Hello', { milter: { add_headers } });
  assert.deepEqual(text.split('\n').toSorted(), [
    'Subject: Hello',
    'X-Many: a',
    'X-Many: b',
    'X-Spamd-Bar: ++',
    'X-Spamd-Result: default: False [1.00 / 15.00]',
  ]);
});

test('a subject is rewritten for that action only', () => {
  const subject = '[SPAM] Hello\r\nBcc: c@example.org';
  assert.equal(edited('Subject: Hello', { subject }), 'Subject: Hello');
  assert.equal(
    edited('Subject: Hello', { action: 'rewrite subject', subject }),
    'Subject: [SPAM] Hello Bcc: c@example.org',
  );
});

test('the marks of what all engines together have found stay, whatever rspamd removes', () => {
  const given = {
    action: 'rewrite subject',
    subject: '*** Hello',
    milter: { remove_headers: { 'X-Spam': 0 } },
  };
  const mark = (edits: HeaderEdits): void => {
    edits.remove('X-Spam');
    edits.add('X-Spam', 'YES');
    edits.replace('Subject', `[SPAM] ${edits.get('Subject') ?? ''}`);
  };
  const spam = {
    result: 'spam',
    probability: 1,
    logOdds: 9,
    parts: [],
    decidedBy: undefined,
  } as const;
  assert.equal(
    edited('X-Spam: YES\r\nSubject: Hello', given, spam, mark),
    'X-Spam: YES\nSubject: [SPAM] *** Hello',
  );
  assert.equal(
    edited('From: a', given, spam, mark),
    'X-Spam: YES\nSubject: [SPAM] *** Hello\nFrom: a',
  );
});

test('what is kept of an answer until the message is delivered is little', () => {
  const add_headers = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`X-A${n}`, 'x'.repeat(10_000)]),
  );
  const given = { action: 'rewrite subject', subject: 'y'.repeat(10_000), milter: { add_headers } };
  const policy = { headers: 'apply', subject: 'apply' } as const;
  const changes = changesOf(reply(given), policy, 'z'.repeat(100_000));
  assert.ok(JSON.stringify(changes).length < 20_000);
});

test('whatever rspamd wants done to a header can be done, or is left out', () => {
  const text = fc.string({ unit: 'binary', maxLength: 100 });
  const value = fc.oneof(text, fc.record({ value: text }), fc.array(text, { maxLength: 3 }));
  const name = fc.oneof(text, fc.constantFrom('X-A', 'X-Postern-A', 'From', '__proto__'));
  fc.assert(
    fc.property(fc.dictionary(name, value), text, (add_headers, subject) => {
      const given = { action: 'rewrite subject', subject, milter: { add_headers } };
      assert.match(edited('From: a@example.org', given), /^From: a@example\.org$/m);
    }),
  );
});

test('the settings that are shipped say the same as those that go with a question', () => {
  const shipped = readFileSync(
    new URL('../../../config/rspamd/settings.conf', import.meta.url),
    'utf8',
  );
  const disabled = [...shipped.matchAll(/^ +"([A-Z_]+)",$/gm)].map(([, name]) => name);
  const silent = [...shipped.matchAll(/^ +([A-Z0-9_]+) = 0\.0;$/gm)].map(([, name]) => name);
  assert.deepEqual(disabled, [...disabledSymbols]);
  assert.deepEqual(silent, [...silentSymbols]);
});
