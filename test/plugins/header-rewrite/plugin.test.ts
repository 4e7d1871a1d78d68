import assert from 'node:assert/strict';
import { test } from 'node:test';
import { block, flag, type NamedVerdict, pass, tempfail } from '#plugin-api';
import { runPlugin } from '#plugin-testing';
import headerRewrite from '../../../plugins/header-rewrite/index.ts';

const body = 'X-Postern-Verdict: in the body\r\n\r\nHello.\r\n';

/** Header lines after the plugin; the body is checked to be untouched. */
async function rewrite(
  options: object,
  header: readonly string[],
  verdicts: Verdicts = [],
): Promise<string[]> {
  const message = Buffer.from(`${header.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  const run = await runPlugin(headerRewrite, options, message, { verdicts });
  const output = run.output.toString('latin1');
  assert.ok(output.endsWith(`\r\n\r\n${body}`));
  return output.slice(0, -body.length - 4).split('\r\n');
}

type Verdicts = readonly Pick<NamedVerdict, 'plugin' | 'verdict'>[];

const plain = ['From: a@example.org', 'Subject: Hello', 'X-Other: 1'];
const found: Verdicts = [
  { plugin: 'clamav', verdict: pass() },
  { plugin: 'spam', verdict: flag('spam-likely') },
  { plugin: 'attachments', verdict: block('executable') },
];
const off = { stamp: false };

const stamps: readonly (readonly [string, Verdicts, string])[] = [
  ['without verdicts', [], 'unchecked'],
  ['when all pass', [{ plugin: 'clamav', verdict: pass() }], 'clean'],
  ['with findings', found, 'spam=spam-likely, attachments=executable'],
  ['without a judgement', [{ plugin: 'clamav', verdict: tempfail('down') }], 'clamav=not-judged'],
  [
    'with hostile labels',
    [{ plugin: 'p', verdict: flag('a\r\nX-Evil: 1\u202e') }],
    'p=a??X-Evil: 1?',
  ],
];

for (const [name, verdicts, stamp] of stamps) {
  test(`the stamp ${name}`, async () => {
    assert.deepEqual(await rewrite({}, plain, verdicts), [`X-Postern-Verdict: ${stamp}`, ...plain]);
  });
}

test('without the stamp and without rules nothing changes', async () => {
  assert.deepEqual(await rewrite(off, plain, found), plain);
});

const forgeries: readonly (readonly [string, readonly string[]])[] = [
  ['plainly', ['X-Postern-Verdict: clean']],
  ['in another case', ['x-pOSTERN-vERDICT: clean']],
  ['several times', ['X-Postern-Verdict: clean', 'X-Postern-Verdict: clean', 'X-POSTERN-Pad: .']],
  ['folded', ['X-Postern-Verdict:\r\n clean']],
  ['with blanks before the colon', ['X-Postern-Verdict \t: clean']],
  ['behind a bare CR', ['X-Ignored: 1\rX-Postern-Verdict: clean']],
  ['under a name nobody knows yet', ['X-Postern-: 1', 'X-Postern-Session: 1']],
  ['with octets beyond ASCII', ['X-Postern-Verdict: cle\xe4n', 'X-Postern-\xe4: 1']],
];

for (const [name, lines] of forgeries) {
  test(`a forged field goes that is written ${name}`, async () => {
    const rest = await rewrite(off, ['From: a@example.org', ...lines, 'X-Other: 1']);
    assert.doesNotMatch(rest.join('\n'), /postern/i);
    assert.equal(rest.at(0), 'From: a@example.org');
    assert.equal(rest.at(-1), 'X-Other: 1');
    const stamped = await rewrite({}, [...lines, ...plain], found);
    assert.equal(stamped.filter((line) => /^x-postern/i.test(line)).length, 1);
  });
}

test('very many forged names do not keep the true one out', async () => {
  const forged = Array.from({ length: 3000 }, (_, index) => `X-Postern-${index}: 1`);
  const lines = await rewrite({}, [...forged, 'X-Postern-Verdict: clean', ...plain], found);
  const verdicts = lines.filter((line) => line.startsWith('X-Postern-Verdict'));
  assert.deepEqual(verdicts, ['X-Postern-Verdict: spam=spam-likely, attachments=executable']);
});

test('the rules work in the order remove, replace, add, tag, stamp', async () => {
  const options = {
    remove: ['x-other', 'X-Not-There'],
    replace: [
      { name: 'Reply-To', value: 'team@example.org' },
      { name: 'X-New', value: 'new' },
    ],
    add: [{ name: 'X-Other', value: 'mine' }],
    subject_tag: { text: '[SPAM] ' },
  };
  const header = [...plain, 'Reply-To: one@example.org', 'X-OTHER: 2', 'Reply-To: two@example.org'];
  assert.deepEqual(await rewrite(options, header, found), [
    'X-New: new',
    'X-Other: mine',
    'X-Postern-Verdict: spam=spam-likely, attachments=executable',
    'From: a@example.org',
    'Subject: [SPAM] Hello',
    'Reply-To: team@example.org',
  ]);
});

test('placeholders are filled in once and cannot break out', async () => {
  const value = '{session}|{listener}|{user}|{verdict}|{}|{ session }';
  const verdicts = [{ plugin: 'p', verdict: flag('{user}\r\nX-Evil: 1') }];
  const lines = await rewrite({ ...off, add: [{ name: 'X-Info', value }] }, plain, verdicts);
  assert.equal(
    lines.slice(0, -plain.length).join('\r\n').replaceAll('\r\n ', ' '),
    'X-Info: 0123456789abcdef|sample|sample|p={user}??X-Evil: 1|{}|{ session }',
  );
});

const encoded = '=?utf-8?B?SGVsbG8gd29ybGQ=?=';

const tags: readonly (readonly [string, string, string, string])[] = [
  ['a plain subject', '[SPAM] ', 'Hello', '[SPAM] Hello'],
  ['an empty subject', '[SPAM] ', '', '[SPAM]'],
  ['an encoded subject', '[SPAM] ', encoded, `[SPAM] ${encoded}`],
  ['an encoded subject by a tag without a blank', '[SPAM]', encoded, `[SPAM] ${encoded}`],
  ['a plain subject by a tag without a blank', 'SPAM:', 'Hello', 'SPAM:Hello'],
  [
    'an encoded subject in a charset nobody knows',
    '[SPAM] ',
    '=?x-none?Q?a=FFb?= rest',
    '[SPAM] =?x-none?Q?a=FFb?= rest',
  ],
  ['a subject that has it', '[SPAM] ', '[SPAM] Hello', '[SPAM] Hello'],
  [
    'a subject that has it in an encoded word',
    '[SPAM] ',
    '=?utf-8?Q?[SPAM]_Hello?=',
    '=?utf-8?Q?[SPAM]_Hello?=',
  ],
  ['an answer to a tagged one', '[SPAM] ', 'Re: [SPAM] Hello', '[SPAM] Re: [SPAM] Hello'],
  [
    'raw UTF-8, which is then encoded',
    '[SPAM] ',
    'Gr\xc3\xbc\xc3\x9fe',
    '[SPAM] =?utf-8?B?R3LDvMOfZQ==?=',
  ],
  ['a NUL, which is then a blank', '[SPAM] ', 'a\0b', '[SPAM] a b'],
];

for (const [name, text, subject, expected] of tags) {
  test(`tagging ${name}`, async () => {
    const lines = await rewrite({ ...off, subject_tag: { text } }, [`Subject: ${subject}`]);
    assert.deepEqual(lines, [`Subject: ${expected}`]);
  });
}

test('a folded subject keeps its words', async () => {
  const word = '=?utf-8?B?SGVsbG8gd29ybGQgSGVsbG8gd29ybGQgSGVsbG8=?=';
  const lines = await rewrite({ ...off, subject_tag: { text: '[SPAM] ' } }, [
    `Subject: ${word}`,
    ` ${word}`,
    `\t${word}`,
  ]);
  assert.equal(
    lines.join('\r\n').replaceAll(/\r\n(?=[ \t])/g, ''),
    `Subject: [SPAM] ${word} ${word}\t${word}`,
  );
});

test('a message without a subject gets the tag as one', async () => {
  const lines = await rewrite({ ...off, subject_tag: { text: '[SPAM] ' } }, [
    'From: a@example.org',
  ]);
  assert.deepEqual(lines, ['Subject: [SPAM]', 'From: a@example.org']);
});

test('a second subject cannot be shown in place of the tagged one', async () => {
  const header = ['Subject: one', 'From: a@example.org', 'SUBJECT: two'];
  for (const subject of ['one', '[SPAM] one']) {
    const lines = await rewrite({ ...off, subject_tag: { text: '[SPAM] ' } }, [
      `Subject: ${subject}`,
      ...header.slice(1),
    ]);
    assert.deepEqual(lines, ['Subject: [SPAM] one', 'From: a@example.org']);
  }
});

const spam: Verdicts = [
  { plugin: 'spam', verdict: flag('Spam-Likely') },
  { plugin: 'clamav', verdict: pass() },
];
const infected: Verdicts = [{ plugin: 'clamav', verdict: block('Eicar-Test') }];
const listed = ['X-List: The Weekly News', `X-Encoded: ${encoded}`, 'X-List: second'];

const conditions: readonly (readonly [object, Verdicts, boolean])[] = [
  [{ flagged: 'spam-likely' }, spam, true],
  [{ flagged: 'spam' }, spam, false],
  [{ flagged: 'spam*' }, spam, true],
  [{ flagged: '*' }, spam, true],
  [{ flagged: '*' }, [], false],
  [{ flagged: 'eicar-*' }, infected, true],
  [{ flagged: 'spam*' }, infected, false],
  [{ plugin: 'spam' }, spam, true],
  [{ plugin: 'clamav' }, spam, false],
  [{ plugin: 'clamav' }, infected, true],
  [{ header: 'x-list', contains: 'weekly' }, [], true],
  [{ header: 'X-List', contains: 'monthly' }, [], false],
  [{ header: 'X-List', equals: 'the weekly news' }, [], true],
  [{ header: 'X-List', equals: 'weekly' }, [], false],
  [{ header: 'X-List', equals: 'second' }, [], true],
  [{ header: 'X-Encoded', equals: 'Hello world' }, [], true],
  [{ header: 'X-Encoded', contains: '=?utf-8?' }, [], true],
  [{ header: 'X-Missing', contains: 'a' }, [], false],
];

for (const [when, verdicts, isDue] of conditions) {
  const found = verdicts.map(({ verdict }) => JSON.stringify(verdict)).join(' ');
  test(`${JSON.stringify(when)} ${isDue ? 'holds' : 'does not hold'} ${found}`, async () => {
    const options = { ...off, add: [{ name: 'X-Due', value: 'yes', when }] };
    const lines = await rewrite(options, listed, verdicts);
    assert.deepEqual(lines, isDue ? ['X-Due: yes', ...listed] : listed);
  });
}

test('conditions look at fields that other rules then remove', async () => {
  const options = {
    ...off,
    remove: ['X-Spam-Flag'],
    subject_tag: { text: '[SPAM] ', when: { header: 'X-Spam-Flag', equals: 'yes' } },
  };
  assert.deepEqual(await rewrite(options, ['X-Spam-Flag: YES', 'Subject: a']), [
    'Subject: [SPAM] a',
  ]);
});

test('a forged field of ours fulfils no condition', async () => {
  const when = { header: 'X-Postern-Verdict', contains: 'spam' };
  const options = { ...off, subject_tag: { text: '[SPAM] ', when } };
  assert.deepEqual(await rewrite(options, ['X-Postern-Verdict: spam', 'Subject: a']), [
    'Subject: a',
  ]);
});
