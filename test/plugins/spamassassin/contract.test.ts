// The real daemon: what the plugin believes of its protocol is held against it.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Diagnosis, Lesson, PluginInstance } from '#plugin-api';
import spamassassin from '../../../plugins/spamassassin/index.ts';
import { optionsSchema } from '../../../plugins/spamassassin/options.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Interest } from '../../../src/pipeline/interest.ts';
import { runPlugin, testServices } from '../../../src/pipeline/testing.ts';
import { wholeMessage } from '../../helpers/pipeline.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { needs } from '../../helpers/requirement.ts';
import { gtube, type RunningSpamd, spamdMissing, startSpamd } from '../../helpers/spamd.ts';
import { makeTestCertificates } from '../../helpers/test-certificates.ts';

const missing = spamdMissing();
const certificates = makeTestCertificates();

let plain: RunningSpamd;

before(async () => {
  if (missing === undefined) plain = await startSpamd();
});

after(async () => {
  await plain?.stop();
});

function letter(subject: string, text: string): Buffer {
  return Buffer.from(
    `From: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: ${subject}\r\n` +
      `Date: Tue, 03 Nov 2026 09:00:00 +0000\r\nMessage-ID: <${subject}@example.org>\r\n\r\n${text}`,
  );
}

const spam = letter('offer', `You have won.\r\n${gtube}\r\n`);
const ham = letter('lunch', 'Shall we meet at noon? The soup is good.\r\n');

function at({ host, port }: RunningSpamd): object {
  return { servers: [{ host, port }], answer_timeout: '60s' };
}

function setUp(options: object): PluginInstance {
  const instance = spamassassin.setup(optionsSchema.parse(options), testServices());
  assert.ok(!(instance instanceof Promise));
  return instance;
}

async function teach(
  instance: PluginInstance,
  message: Buffer,
  as: Lesson['as'],
  user = 'ann',
): Promise<unknown> {
  const view = wholeMessage(message).viewWhile(new Interest());
  const account = { user, upstreamHost: 'pop.example.net' };
  return await instance.learn?.({
    account,
    as,
    weight: 'correction',
    source: 'command',
    message: view,
  });
}

async function scoreOf(options: object, message: Buffer): Promise<number> {
  const { verdict } = await runPlugin(spamassassin, options, message);
  assert.equal(verdict?.kind, 'score', JSON.stringify(verdict));
  return verdict.logOdds;
}

test('the test message for spam filters is spam, with its rule as the weightiest reason', async (t) => {
  if (!needs(t, missing)) return;
  const { verdict } = await runPlugin(spamassassin, at(plain), spam);
  assert.ok(verdict?.kind === 'score');
  assert.equal(verdict.logOdds, 20);
  assert.equal(verdict.reasons[0]?.name, 'GTUBE');
  assert.match(verdict.reasons[0].text ?? '', /^1000 points: BODY: Generic Test/);
});

test('an ordinary letter is ham', async (t) => {
  if (!needs(t, missing)) return;
  assert.ok((await scoreOf(at(plain), ham)) < -1);
});

test('a message without an end of its last line, and an empty one, get an answer', async (t) => {
  if (!needs(t, missing)) return;
  assert.ok((await scoreOf(at(plain), letter('cut', 'no end'))) < 2);
  await scoreOf(at(plain), Buffer.alloc(0));
});

test('octets that are no text, and lone ends of lines, get an answer', async (t) => {
  if (!needs(t, missing)) return;
  const odd = Buffer.concat([letter('odd', 'a\rb\nc\0d'), Buffer.from([0xff, 0xfe, 0x00, 0x0d])]);
  await scoreOf(at(plain), odd);
});

test('the same over TLS, whose certificate is checked, and over a unix socket', async (t) => {
  if (!needs(t, missing)) return;
  await using folder = await temporaryFolder('spamd-ca');
  await writeFile(join(folder.path, 'ca.pem'), certificates.caPem);
  const [first, second] = await Promise.all([
    startSpamd({ tls: certificates.server }),
    startSpamd({ listen: 'unix' }),
  ]);
  await using secure = first;
  await using local = second;
  const server = { host: 'localhost', port: secure.port, tls: 'verify' };
  const trusted = { servers: [{ ...server, ca_file: join(folder.path, 'ca.pem') }] };
  assert.equal(await scoreOf(trusted, spam), 20);
  assert.ok((await scoreOf(trusted, letter('cut', 'no end of its line'))) < 2);
  const { verdict } = await runPlugin(spamassassin, { servers: [server] }, spam);
  assert.equal(verdict?.kind, 'tempfail', 'nobody vouches for the certificate');
  assert.equal(await scoreOf({ servers: [{ socket: local.socketPath }] }, spam), 20);
});

test('lessons are learned once, taken back once, and change the score of that account only', async (t) => {
  if (!needs(t, missing)) return;
  const ann = setUp(at(plain));
  const text = 'Pelicans on stilts invoice umbrella quarterly harmonica discount\r\n';
  const untaught = await scoreOf(at(plain), letter('probe', text));
  assert.deepEqual(await teach(ann, letter('one', text), 'spam', 'sample'), { kind: 'learned' });
  assert.deepEqual(await teach(ann, ham, 'ham', 'sample'), { kind: 'learned' });
  assert.equal(await unchangedReason(teach(ann, ham, 'ham', 'sample')), 'known');
  const asSample = await scoreOf(at(plain), letter('probe', text));
  assert.ok(asSample > untaught, 'its own Bayes data count');
  const asOther = { ...at(plain), user: 'somebody-else' };
  assert.ok((await scoreOf(asOther, letter('probe', text))) < asSample);
  assert.deepEqual(await teach(ann, ham, 'forget', 'sample'), { kind: 'learned' });
  assert.equal(await unchangedReason(teach(ann, ham, 'forget', 'sample')), 'known');
});

async function unchangedReason(outcome: Promise<unknown>): Promise<'known' | 'learned'> {
  const { kind } = (await outcome) as { readonly kind: string };
  return kind === 'unchanged' ? 'known' : 'learned';
}

const clientRule = `header T_CLIENT X-Spam-Relays-External =~ /^\\[ ip=192\\.0\\.2\\.7 rdns=out\\.example\\.com helo=ehlo\\.example\\.com by=postern\\.invalid /
score T_CLIENT 1.5
header T_SENDER EnvelopeFrom =~ /^bounce-1@example\\.com$/
score T_SENDER 1.25
header T_ONE_HOP X-Spam-Relays-Trusted !~ /./
score T_ONE_HOP 1.125
`;

test('spamd takes the rebuilt envelope for that of the message, with the settings that are shipped', async (t) => {
  if (!needs(t, missing)) return;
  const shipped = new URL('../../../config/spamassassin/postern.cf', import.meta.url);
  const config = (await readFile(shipped, 'utf8')) + clientRule;
  await using spamd = await startSpamd({ config });
  const fields =
    'Return-Path: <bounce-1@example.com>\r\n' +
    'Received: from mx1.pop.example.net (mx1.pop.example.net [10.0.0.3])\r\n' +
    '\tby store.pop.example.net with LMTP id 2; Tue, 03 Nov 2026 09:00:01 +0000\r\n' +
    'Received: from ehlo.example.com (out.example.com [192.0.2.7])\r\n' +
    '\tby mx1.pop.example.net with ESMTP id 1; Tue, 03 Nov 2026 09:00:00 +0000\r\n' +
    'Received: from forged.example.org (forged.example.org [198.51.100.9])\r\n' +
    '\tby ehlo.example.com with ESMTP id 0; Tue, 03 Nov 2026 08:59:00 +0000\r\n';
  const message = Buffer.concat([Buffer.from(fields), ham]);
  const namesOf = async (options: object): Promise<string[]> => {
    const { verdict } = await runPlugin(spamassassin, options, message);
    assert.ok(verdict?.kind === 'score');
    return verdict.reasons.map(({ name }) => name).filter((name) => name.startsWith('T_'));
  };
  assert.deepEqual(await namesOf(at(spamd)), ['T_CLIENT', 'T_SENDER', 'T_ONE_HOP']);
  // The sender stands in a Return-Path that SpamAssassin believes, since it is the topmost field.
  const without = await namesOf({ ...at(spamd), envelope: 'off' });
  assert.deepEqual(without, ['T_SENDER']);
});

test('a spamd without --allow-tell says so: to who teaches, and to the check-up', async (t) => {
  if (!needs(t, missing)) return;
  await using deaf = await startSpamd({ lessons: 'refused' });
  await assert.rejects(teach(setUp(at(deaf)), ham, 'ham'), {
    message: 'spamd takes no lessons: start it with --allow-tell',
  });
  const large = letter('large', 'line of some text\r\n'.repeat(20_000));
  await assert.rejects(teach(setUp(at(deaf)), large, 'ham'));
  assert.deepEqual(await checkUp(at(deaf)), [
    { level: 'ok', found: `spamd at 127.0.0.1:${deaf.port} answers` },
    {
      level: 'warn',
      found: `spamd at 127.0.0.1:${deaf.port} takes no lessons`,
      advice: 'Start it with --allow-tell, or set learn: off.',
    },
  ]);
});

test('the check-up names each spamd, and what is wrong with it', async (t) => {
  if (!needs(t, missing)) return;
  const { host, port } = plain;
  const gone = await startSpamd();
  await gone.stop();
  const servers = [
    { host, port },
    { host, port: gone.port },
  ];
  const found = await checkUp({ servers });
  assert.deepEqual(
    found.map(({ level }) => level),
    ['ok', 'ok', 'fail'],
  );
  assert.match(found[2]?.found ?? '', /does not answer: .*ECONNREFUSED/);
});

async function checkUp(options: object): Promise<Diagnosis[]> {
  const all: Diagnosis[] = [];
  const services = {
    clock: systemClock,
    signal: new AbortController().signal,
    resolvePath: (path: string) => path,
  };
  for await (const one of spamassassin.check?.(optionsSchema.parse(options), services) ?? []) {
    all.push(one);
  }
  return all;
}
