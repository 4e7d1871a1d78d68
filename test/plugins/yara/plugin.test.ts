import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '#plugin-api';
import yara from '../../../plugins/yara/index.ts';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { runPlugin } from '../../../src/pipeline/testing.ts';
import { needs } from '../../helpers/requirement.ts';
import { ruleFolder, yaraMissing } from './rule-folder.ts';

const missing = yaraMissing();
const eicar = assembleEicar();

/** The signature is put together at run time, like the virus. */
const eicarRule = `rule Eicar_Test { strings: $a = { ${Buffer.from(eicar).toString('hex')} } condition: $a }`;

function letter(body: string, header = ''): Buffer {
  return Buffer.from(`From: a@example.org\r\nSubject: hello\r\n${header}\r\n${body}`);
}

function withAttachment(content: Buffer | string, encoding = 'base64'): Buffer {
  const octets = Buffer.from(content);
  const text =
    encoding === 'base64'
      ? octets.toString('base64').replace(/.{76}/g, '$&\r\n')
      : octets.toString('latin1');
  return letter(
    `--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: application/octet-stream\r\n` +
      `Content-Disposition: attachment; filename="x.bin"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n` +
      `${text}\r\n--b--\r\n`,
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n',
  );
}

async function verdictOf(
  rules: string,
  message: Buffer,
  options: object = {},
): Promise<Verdict | undefined> {
  await using folder = await ruleFolder({ 'test.yar': rules });
  const given = { rules: ['test.yar'], ...options };
  return (await runPlugin(yara, given, message, { folder: folder.path })).verdict;
}

test('the test virus in a base64 part is found by its rule, and named with its part', async (t) => {
  if (!needs(t, missing)) return;
  assert.deepEqual(await verdictOf(eicarRule, withAttachment(eicar)), {
    kind: 'block',
    finding: 'Eicar_Test',
    explanation: 'The YARA rule Eicar_Test matches.',
    part: 'x.bin',
    evidence: 'Eicar_Test in part 1.2 (application/octet-stream)',
    paths: ['1.2'],
  });
});

test('it is found in quoted-printable and in a plain body, where the whole message is meant', async (t) => {
  if (!needs(t, missing)) return;
  const quoted = [...eicar].map((each) => `=${each.charCodeAt(0).toString(16).toUpperCase()}`);
  const soft = quoted.join('').replace(/(?:=..){20}/g, '$&=\r\n');
  const inQuoted = await verdictOf(eicarRule, withAttachment(soft, 'quoted-printable'));
  assert.ok(inQuoted?.kind === 'block');
  assert.deepEqual(inQuoted.paths, ['1.2']);
  const inBody = await verdictOf(eicarRule, letter(eicar));
  assert.ok(inBody?.kind === 'block');
  assert.equal(inBody.paths, undefined);
});

test('it is found where only other programs would find it', async (t) => {
  if (!needs(t, missing)) return;
  const uuencoded = uuencode(Buffer.from(eicar));
  const verdict = await verdictOf(eicarRule, letter(`begin 644 x.bin\r\n${uuencoded}end\r\n`));
  assert.ok(verdict?.kind === 'block');
  assert.match(verdict.evidence ?? '', /as some programs read it/);
});

function uuencode(octets: Buffer): string {
  const character = (value: number): string => String.fromCharCode(value === 0 ? 0x60 : value + 32);
  let text = '';
  for (let start = 0; start < octets.length; start += 45) {
    const line = octets.subarray(start, start + 45);
    text += character(line.length);
    for (let at = 0; at < line.length; at += 3) {
      const [a = 0, b = 0, c = 0] = line.subarray(at, at + 3);
      text += [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63]
        .map(character)
        .join('');
    }
    text += '\r\n';
  }
  return `${text}\`\r\n`;
}

test('archives are not opened', async (t) => {
  if (!needs(t, missing)) return;
  const { gzipSync } = await import('node:zlib');
  assert.equal((await verdictOf(eicarRule, withAttachment(gzipSync(eicar))))?.kind, 'pass');
});

test('ordinary mail passes, and so does an empty message', async (t) => {
  if (!needs(t, missing)) return;
  assert.deepEqual(await verdictOf(eicarRule, letter('hello\r\n')), { kind: 'pass' });
  assert.deepEqual(await verdictOf(eicarRule, Buffer.alloc(0)), { kind: 'pass' });
});

const worded = `
rule Blocks { meta: postern = "block" strings: $a = "badword" condition: $a }
rule Flags { meta: postern = "flag" strings: $a = "oddword" condition: $a }
rule TagFlags : postern_flag { strings: $a = "tagword" condition: $a }
rule Scores { meta: postern = "score:2.5" strings: $a = "spamword" condition: $a }
rule ScoresDown { meta: postern = "score:-1" strings: $a = "hamword" condition: $a }
rule Plain { strings: $a = "plainword" condition: $a }
private rule Hidden { strings: $a = "hello" condition: $a }
`;

test('a rule says itself whether it blocks, flags or gives a score', async (t) => {
  if (!needs(t, missing)) return;
  const kinds: Readonly<Record<string, Verdict['kind']>> = {
    'badword oddword spamword': 'block',
    'oddword spamword': 'flag',
    tagword: 'flag',
    spamword: 'score',
    plainword: 'block',
    hello: 'pass',
  };
  for (const [text, kind] of Object.entries(kinds)) {
    assert.equal((await verdictOf(worded, letter(text)))?.kind, kind, text);
  }
  assert.equal((await verdictOf(worded, letter('plainword'), { verdict: 'flag' }))?.kind, 'flag');
});

test('each rule counts once in a score, however many parts it matches', async (t) => {
  if (!needs(t, missing)) return;
  const verdict = await verdictOf(worded, withAttachment('spamword hamword', '7bit'));
  assert.deepEqual(verdict, {
    kind: 'score',
    logOdds: 1.5,
    reasons: [
      { name: 'Scores', logOdds: 2.5, text: 'the message as it is' },
      { name: 'ScoresDown', logOdds: -1, text: 'the message as it is' },
    ],
  });
});

test('what is larger than max_scan is said not to be scanned', async (t) => {
  if (!needs(t, missing)) return;
  const large = letter('x'.repeat(5000));
  const small = { max_scan: '1KB' };
  assert.deepEqual(await verdictOf(eicarRule, large, small), {
    kind: 'block',
    finding: 'not-scanned',
    explanation: 'The message could not be checked by YARA rules: larger than 1024 octets.',
    evidence: 'the message as it is: larger than 1024 octets',
  });
  const flagged = await verdictOf(eicarRule, large, { ...small, not_scanned: 'flag' });
  assert.equal(flagged?.kind, 'flag');
  const deferred = await verdictOf(eicarRule, large, { ...small, not_scanned: 'defer' });
  assert.equal(deferred?.kind, 'tempfail');
});

test('what is found beside a gap counts for more, but the parts are not vouched for', async (t) => {
  if (!needs(t, missing)) return;
  const message = Buffer.concat([withAttachment(eicar), Buffer.alloc(5000, 'x')]);
  const verdict = await verdictOf(eicarRule, message, { max_scan: '1KB', not_scanned: 'flag' });
  assert.ok(verdict?.kind === 'block');
  assert.equal(verdict.finding, 'Eicar_Test');
  assert.equal(verdict.paths, undefined);
});

test('rules that take for ever on a hostile message are ended at the deadline', async (t) => {
  if (!needs(t, missing)) return;
  const slow = 'rule Slow { strings: $a = /a.{0,500}b.{0,500}c/s condition: $a }';
  const hostile = letter('ab'.repeat(2_000_000));
  const verdict = await verdictOf(slow, hostile, { scan_timeout: '600ms', not_scanned: 'flag' });
  assert.ok(verdict?.kind === 'flag');
  assert.match(verdict.evidence ?? '', /the rules took more than 600 ms/);
});

test('loops in conditions are ended as well', async (t) => {
  if (!needs(t, missing)) return;
  const loop =
    'rule Loop { condition: for all i in (0..1000000000) : (uint8(i % filesize) != 300) }';
  const verdict = await verdictOf(loop, letter('x'), {
    scan_timeout: '500ms',
    not_scanned: 'defer',
  });
  assert.equal(verdict?.kind, 'tempfail');
});

test('a message of one letter does not make millions of matches', async (t) => {
  if (!needs(t, missing)) return;
  const rule = 'rule Letter { strings: $a = "a" condition: #a > 900 }';
  const verdict = await verdictOf(rule, letter('a'.repeat(3_000_000)), { scan_timeout: '30s' });
  assert.equal(verdict?.kind, 'block');
});

test('of a thousand parts 200 are scanned, and the rest is said not to be', async (t) => {
  if (!needs(t, missing)) return;
  const part = '--b\r\n\r\nx\r\n';
  const message = letter(
    `${part.repeat(900)}--b--\r\n`,
    'Content-Type: multipart/mixed; boundary=b\r\n',
  );
  const verdict = await verdictOf(eicarRule, message);
  assert.ok(verdict?.kind === 'block');
  assert.match(verdict.evidence ?? '', /it has more than 200 parts/);
});

test('however many rules and parts match, the one that blocks is not left out', async (t) => {
  if (!needs(t, missing)) return;
  const scores = Array.from(
    { length: 120 },
    (_, n) => `rule S${n} { meta: postern = "score:0.1" strings: $a = "hello" condition: $a }`,
  );
  const part = (text: string): string => `--b\r\n\r\n${text}\r\n`;
  const message = letter(
    `${part('hello').repeat(150)}${part('badword')}--b--\r\n`,
    'Content-Type: multipart/mixed; boundary=b\r\n',
  );
  const verdict = await verdictOf(`${scores.join('\n')}\n${worded}`, message);
  assert.ok(verdict?.kind === 'block', JSON.stringify(verdict));
  assert.equal(verdict.finding, 'Blocks');
});

test('all parts that a rule blocks are named, or none', async (t) => {
  if (!needs(t, missing)) return;
  const rule = 'rule Part { strings: $a = "badword" condition: $a and filesize < 50 }';
  const message = letter(
    `${'--b\r\n\r\nbadword\r\n'.repeat(150)}--b--\r\n`,
    'Content-Type: multipart/mixed; boundary=b\r\n',
  );
  const verdict = await verdictOf(rule, message);
  assert.ok(verdict?.kind === 'block');
  assert.equal(verdict.paths?.length, 150);
});

test('more rules than can be told of are a gap', async (t) => {
  if (!needs(t, missing)) return;
  const rules = Array.from({ length: 1010 }, (_, n) => `rule R${n} { condition: true }`).join('\n');
  const verdict = await verdictOf(rules, letter('x'), { verdict: 'flag' });
  assert.ok(verdict?.kind === 'block', JSON.stringify(verdict));
  assert.equal(verdict.finding, 'not-scanned');
});

const refusals: Readonly<Record<string, readonly [string, RegExp]>> = {
  'an unknown pattern': ['rule a {\n condition: $b }', /test\.yar:2:13: unknown pattern/],
  'a file that is included': [
    'include "other.yar"\n',
    /test\.yar:1:1: include is not possible here/,
  ],
  'an unknown module': ['import "magic"\n', /test\.yar:1:1: unknown module/],
  'no rules at all': ['no rules', /test\.yar:1:1: /],
  'an unknown word': [
    '\nrule a { meta: postern = "flags" condition: true }',
    /test\.yar:2: expected postern = "block", "flag" or "score:N" .* got "flags"/,
  ],
};

for (const [name, [rules, message]] of Object.entries(refusals)) {
  test(`${name} is refused with file and line`, async (t) => {
    if (!needs(t, missing)) return;
    await assert.rejects(verdictOf(rules, letter('x')), message);
  });
}

test('patterns name files, each with a namespace of its own', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await ruleFolder({
    'a.yar': 'rule same { strings: $a = "first" condition: $a }',
    'b.yar': 'rule same { strings: $a = "second" condition: $a }',
    'c.txt': 'no rules',
  });
  const given = { rules: ['*.yar', 'a.yar'] };
  for (const text of ['first', 'second']) {
    const { verdict } = await runPlugin(yara, given, letter(text), { folder: folder.path });
    assert.equal(verdict?.kind, 'block', text);
  }
  const none = runPlugin(yara, { rules: ['*.yara'] }, letter('x'), { folder: folder.path });
  await assert.rejects(none, /no file of rules fits \*\.yara/);
});
