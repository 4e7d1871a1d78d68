// The real daemon: what the plugin believes of its protocol is held against it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Diagnosis, Lesson, PluginInstance, ScoreVerdict } from '#plugin-api';
import rspamd from '../../../plugins/rspamd/index.ts';
import { optionsSchema } from '../../../plugins/rspamd/options.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { type PluginRun, runPlugin, testServices } from '../../../src/pipeline/testing.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { needs } from '../../helpers/requirement.ts';
import {
  controllerPassword,
  type RunningRspamd,
  rspamdMissing,
  startRspamd,
} from '../../helpers/rspamd.ts';

const missing = rspamdMissing();
const shipped = new URL('../../../config/rspamd/settings.conf', import.meta.url);

/** Each makes rspamd do one thing, whatever it thinks of the message. */
const scenarios = `
plain {
  id = "plain";
  apply { symbols_disabled = ["GREYLIST_CHECK", "GREYLIST_SAVE"]; }
}
subject {
  id = "subject";
  apply {
    symbols_disabled = ["GREYLIST_CHECK", "GREYLIST_SAVE"];
    actions { reject = 1000.0; "add header" = null; greylist = null; "rewrite subject" = -100.0; }
    subject = "[SPAM, seldom \\"wrong\\"] %s";
  }
}
headers {
  id = "headers";
  apply {
    symbols_disabled = ["GREYLIST_CHECK", "GREYLIST_SAVE"];
    actions { reject = 1000.0; "add header" = -100.0; }
    add_headers { "X-Spamd-Bar" = "+++"; "X-Postern-Spam" = "ham"; "From" = "boss@example.net"; }
    remove_headers { "X-Spam-Status" = 0; "To" = 0; "X-Postern-Other" = 0; }
  }
}
reject {
  id = "reject";
  apply {
    symbols_disabled = ["GREYLIST_CHECK", "GREYLIST_SAVE"];
    actions { reject = -100.0; }
  }
}
`;

let daemon: RunningRspamd;

before(async () => {
  if (missing !== undefined) return;
  const settings = `${await readFile(shipped, 'utf8')}${scenarios}`;
  daemon = await startRspamd({ local: { 'settings.conf': settings } });
});

after(async () => {
  await daemon?.[Symbol.asyncDispose]();
});

function letter(subject: string, text: string, ...fields: readonly string[]): Buffer {
  const lines = [
    ...fields,
    'From: Ann <ann@example.org>',
    'To: Bob <bob@example.net>',
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${subject.replaceAll(/[^a-z0-9]/gi, '')}@example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

const pieces = ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'];
const gtube = pieces.join('');
const ham = letter('lunch', 'Shall we meet at noon? The soup is good.');
const received = [
  'Return-Path: <bounce@example.org>',
  'Delivered-To: bob@example.net',
  'Received: from mail.example.org (unknown [192.0.2.77])\r\n\tby mx.example.net (Postfix) with ESMTP id Q1\r\n\tfor <bob@example.net>; Tue, 03 Nov 2026 09:00:00 +0000',
  'Received: from forged.test (forged.test [203.0.113.9]) by mx.example.net with ESMTP id Q0; Tue, 03 Nov 2026 08:00:00 +0000',
];

function run(message: Buffer, options: object = {}): Promise<PluginRun> {
  return runPlugin(rspamd, { servers: [daemon.worker], ...options }, message);
}

async function scoreOf(message: Buffer, options: object = {}): Promise<ScoreVerdict> {
  const { verdict } = await run(message, options);
  assert.ok(verdict?.kind === 'score', JSON.stringify(verdict));
  return verdict;
}

async function logged(text: string): Promise<string> {
  const log = await readFile(join(daemon.folder, 'rspamd.log'), 'utf8');
  return log.split('\n').find((line) => line.includes('write_log') && line.includes(text)) ?? '';
}

test('the test message for spam filters is spam beyond doubt, an ordinary letter is not', async (t) => {
  if (!needs(t, missing)) return;
  assert.ok((await scoreOf(letter('offer', gtube))).logOdds >= 7);
  assert.ok((await scoreOf(ham)).logOdds < 0);
});

test('the socket of a worker does as well as its port', async (t) => {
  if (!needs(t, missing)) return;
  const { verdict } = await run(ham, { servers: [`unix:${daemon.socketPath}`] });
  assert.equal(verdict?.kind, 'score');
});

test('rspamd is told who sent a message to whom, and from where, by the fields of the provider', async (t) => {
  if (!needs(t, missing)) return;
  await scoreOf(letter('envelope', 'Good morning.', ...received));
  const line = await logged('id: <envelope@example.org>');
  assert.match(line, /ip: 192\.0\.2\.77, from: <bounce@example\.org>/);
  assert.match(line, /qid: <0123456789abcdef-1>/);
  assert.match(line, /rcpts: <bob@example\.net>/);
});

for (const [how, options] of [
  ['by the plugin', {}],
  ['by the settings that are shipped', { settings_id: 'postern' }],
] as const) {
  test(`symbols about the SMTP session are switched off ${how}, and nothing else is`, async (t) => {
    if (!needs(t, missing)) return;
    const message = letter(
      `smtp ${how}`,
      'http://www.shop.test/offer',
      received.slice(0, 3).join('\r\n'),
    );
    const namesIn = async (given: object): Promise<string[]> =>
      (await scoreOf(message, given)).reasons.map(({ name }) => name);
    const wanted = ['HFILTER_HOSTNAME_UNKNOWN', 'HFILTER_URL_ONLY', 'RCVD_NO_TLS_LAST'];
    const found = async (given: object): Promise<string[]> => {
      const names = await namesIn(given);
      return wanted.filter((name) => names.includes(name));
    };
    assert.deepEqual(await found({ settings_id: 'plain' }), wanted);
    assert.deepEqual(await found(options), ['HFILTER_URL_ONLY']);
  });
}

test('a message is not sent away to come again as if it were on its way, unless that is wanted', async (t) => {
  if (!needs(t, missing)) return;
  const message = letter('greylisted', 'Good morning.', ...received);
  const { verdict } = await run(message, { smtp_symbols: 'keep' });
  assert.ok(verdict?.kind === 'tempfail', JSON.stringify(verdict));
  assert.match(verdict.reason, /^rspamd: soft reject: Try again later/);
  await scoreOf(message);
});

test('a subject that rspamd rewrites is rewritten, and in no other case', async (t) => {
  if (!needs(t, missing)) return;
  const message = letter('=?utf-8?q?K=C3=A4se?=', 'Good morning.');
  const { output, verdict } = await run(message, { settings_id: 'subject' });
  assert.ok(verdict?.kind === 'score' && verdict.logOdds > 2.19);
  assert.match(output.toString(), /^Subject: =\?utf-8\?[qb]\?/im);
  assert.doesNotMatch(output.toString(), /^Subject: =\?utf-8\?q\?K=C3=A4se/im);
  const ignored = await run(message, { settings_id: 'subject', subject_edits: 'ignore' });
  assert.match(ignored.output.toString(), /^Subject: =\?utf-8\?q\?K=C3=A4se/im);
});

test('fields of rspamd are added and removed, but none that say what the message is', async (t) => {
  if (!needs(t, missing)) return;
  const message = letter('headers', 'Good morning.', 'X-Spam-Status: No, really');
  const { output } = await run(message, { settings_id: 'headers' });
  const text = output.toString();
  assert.match(text, /^X-Spamd-Bar: \+\+\+\r$/m);
  assert.match(text, /^X-Spam: Yes\r$/m);
  assert.doesNotMatch(text, /X-Spam-Status|X-Postern-Spam: ham|boss@/);
  assert.match(text, /^To: Bob/m);
  const ignored = await run(message, { settings_id: 'headers', header_edits: 'ignore' });
  assert.deepEqual(ignored.output.subarray(-message.length), message);
});

test('what rspamd would refuse is spam beyond doubt, or blocked', async (t) => {
  if (!needs(t, missing)) return;
  assert.ok((await scoreOf(ham, { settings_id: 'reject' })).logOdds >= 7);
  const { verdict } = await run(ham, { settings_id: 'reject', on_reject: 'block' });
  assert.ok(verdict?.kind === 'block' && verdict.finding === 'rspamd-reject');
});

async function pupil(password = controllerPassword, further: object = {}): Promise<PluginInstance> {
  const file = join(daemon.folder, 'password');
  await writeFile(file, `${password}\n`);
  const learn = { controllers: [daemon.controller], password_file: file, ...further };
  return await rspamd.setup(
    optionsSchema.parse({ servers: [daemon.worker], learn }),
    testServices(),
  );
}

async function teach(
  { learn }: PluginInstance,
  message: Buffer,
  as: Lesson['as'],
  weight: Lesson['weight'] = 'correction',
  account?: Lesson['account'],
): Promise<unknown> {
  const view = wholeMessage(message).viewWhile(new Interest());
  return await learn?.({ account, as, weight, source: 'command', message: view });
}

const words =
  'Pelicans on stilts invoice umbrella quarterly harmonica discount, seven marble teapots and a velvet ladder for every subscriber';

test('lessons are learned once, and change what rspamd says', async (t) => {
  if (!needs(t, missing)) return;
  const instance = await pupil();
  const hamWords =
    'Shall we meet at noon for a bowl of lentil soup, as on every Thursday of this long winter';
  const spam = letter('pelicans', words);
  assert.deepEqual(await teach(instance, spam, 'spam'), { kind: 'learned' });
  assert.deepEqual(await teach(instance, letter('soup', hamWords), 'ham'), { kind: 'learned' });
  const again = await teach(instance, spam, 'spam');
  assert.match(JSON.stringify(again), /"unchanged".*already learned/);
  const { reasons } = await scoreOf(letter('other', words));
  assert.ok(reasons.some(({ name, logOdds }) => name === 'BAYES_SPAM' && logOdds > 0));
});

test('what all accounts share is taught by the administrator, unless everybody may', async (t) => {
  if (!needs(t, missing)) return;
  const ann = { user: 'ann', upstreamHost: 'pop.example.net' };
  const other =
    'Granite whistles borrowed under copper moonlight, eleven patient lanterns beside wooden rivers and silver gardens';
  const message = letter('shared', other);
  const reader = (instance: PluginInstance) => teach(instance, message, 'spam', 'correction', ann);
  assert.match(JSON.stringify(await reader(await pupil())), /"unchanged".*administrator/);
  const open = await pupil(controllerPassword, { teachers: 'everybody' });
  assert.deepEqual(await reader(open), { kind: 'learned' });
});

test('what rspamd cannot learn is said so', async (t) => {
  if (!needs(t, missing)) return;
  const instance = await pupil();
  const outcomes = [
    await teach(instance, letter('short', 'Hello'), 'spam'),
    await teach(instance, ham, 'forget'),
    await teach(instance, ham, 'ham', 'confirmation'),
  ];
  for (const outcome of outcomes) assert.match(JSON.stringify(outcome), /"unchanged"/);
  await assert.rejects(teach(await pupil('wrong'), letter('other', words), 'ham'), /password/);
});

async function checkUp(options: object): Promise<Diagnosis[]> {
  const services = {
    clock: systemClock,
    signal: new AbortController().signal,
    resolvePath: (path: string) => path,
  };
  const all: Diagnosis[] = [];
  for await (const one of rspamd.check?.(optionsSchema.parse(options), services) ?? []) {
    all.push(one);
  }
  return all;
}

test('the check-up names each rspamd, its version, and what is wrong with it', async (t) => {
  if (!needs(t, missing)) return;
  const file = join(daemon.folder, 'other-password');
  await writeFile(file, 'wrong\n');
  const found = await checkUp({
    servers: [daemon.worker, `unix:${daemon.folder}/nobody.sock`],
    learn: { controllers: [daemon.controller], password_file: file },
  });
  assert.deepEqual(
    found.map(({ level }) => level),
    ['ok', 'fail', 'fail'],
  );
  assert.match(found[0]?.found ?? '', /is rspamd\/\d+\.\d+$/);
  assert.match(found[1]?.found ?? '', /ENOENT/);
  assert.match(found[2]?.found ?? '', /refuses the password/);
});
