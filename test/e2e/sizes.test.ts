// LIST, STAT and the RETR reply say how many octets are sent, although the chain adds headers and
// replaces messages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';
import { awkwardMessages } from '../helpers/awkward-messages.ts';
import { mailSample } from '../helpers/corpus.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type RunningPostern, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'secret';
const headerBudget = 512;
const chain = [
  { use: 'attachment-policy' },
  { use: 'header-rewrite', options: { add: [{ name: 'X-Filtered', value: 'by {listener}' }] } },
];

let dovecot: RunningDovecot;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  const users = ['sample', 'awkward', 'replaced'].map((name) => ({ name, password }));
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(async () => {
  await dovecot?.stop();
});

interface Sizes {
  /** By message number, from 1. */
  readonly listed: readonly number[];
  readonly stat: number;
  readonly replied: readonly number[];
  readonly sent: readonly number[];
}

async function readSizes(port: number, user: string): Promise<Sizes> {
  const client = await Pop3Client.connect({ port });
  await client.login(user, password);
  const [, , stat] = (await client.command('STAT')).split(' ');
  const lines = (await client.multiline('LIST')).body.toString().trim().split('\r\n');
  const listed = lines.filter(Boolean).map((line) => Number(line.split(' ')[1]));
  const messages = await client.retrieveAll();
  assert.match(await client.command('QUIT'), /^\+OK/);
  return {
    listed,
    stat: Number(stat),
    replied: messages.map(({ status }) => Number(/^\+OK (\d+) octets/.exec(status)?.[1])),
    sent: messages.map(({ body }) => body.length),
  };
}

function assertTruthful({ listed, stat, replied, sent }: Sizes): void {
  assert.deepEqual(sent, listed);
  assert.deepEqual(replied, listed);
  assert.equal(
    sent.reduce((sum, octets) => sum + octets, 0),
    stat,
  );
}

function start(settings: Record<string, object> = {}): Promise<RunningPostern> {
  const upstream = { port: dovecot.pop3Port, tls: 'none' } as const;
  return startPostern({ upstream, certificates, plugins: chain, settings });
}

test('300 messages are as long as listed at first sight, headers added', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await dovecot.deliver('sample', await mailSample(t, 300, 2822));
  const direct = await readSizes(dovecot.pop3Port, 'sample');
  await using postern = await start();
  const filtered = await readSizes(postern.port('none'), 'sample');
  assertTruthful(filtered);
  assert.deepEqual(
    filtered.listed,
    direct.listed.map((octets) => octets + headerBudget),
  );
});

test('awkward messages are as long as listed', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  const messages = awkwardMessages().map(({ octets }) => octets);
  await dovecot.deliver('awkward', messages);
  await using postern = await start();
  assertTruthful(await readSizes(postern.port('none'), 'awkward'));
});

test('replaced messages are as long as listed, at the latest from the second session on', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  const samples = buildSampleMailbox().filter(({ content }) => content.length < 1_000_000);
  await dovecot.deliver(
    'replaced',
    samples.map(({ content }) => content),
  );
  await using postern = await start();
  await readSizes(postern.port('none'), 'replaced');
  assertTruthful(await readSizes(postern.port('none'), 'replaced'));
});

test('a budget of 0 lists the sizes of the upstream', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  const direct = await readSizes(dovecot.pop3Port, 'sample');
  await using postern = await start({ sizes: { header_budget: 0 } });
  const filtered = await readSizes(postern.port('none'), 'sample');
  assert.deepEqual(filtered.listed, direct.listed);
  assert.deepEqual(filtered.replied, filtered.sent);
});
