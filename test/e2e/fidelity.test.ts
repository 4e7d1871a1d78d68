// Without plugins the proxy is invisible: every wire octet of a message is the one that the server sends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { awkwardMessages, dotFirstMessage } from '../helpers/awkward-messages.ts';
import { mailSample } from '../helpers/corpus.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { type ClientTls, Pop3Client, stuffingFaults } from '../helpers/pop3-client.ts';
import { startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const legs = ['none', 'stls', 'implicit'] as const;
const certificates = makeTestCertificates();
const password = 'correct horse battery';
const sampleSize = 1000;

let dovecot: RunningDovecot;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  const users = ['awkward', 'sample', 'empty', 'dotted'].map((name) => ({ name, password }));
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(async () => {
  await dovecot?.stop();
});

for (const leg of legs) {
  test(`awkward messages come unchanged, upstream leg ${leg}`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    const messages = awkwardMessages();
    await deliverOnce('awkward', () => Promise.resolve(messages.map(({ octets }) => octets)));
    const names = messages.map(({ name }) => name);
    await assertSameMaildrop('awkward', leg, (index) => names[index] ?? `message ${index}`);
  });

  test(`${sampleSize} messages of all kinds come unchanged, upstream leg ${leg}`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await deliverOnce('sample', () => mailSample(t, sampleSize, 1939));
    await assertSameMaildrop('sample', leg, (index) => `message ${index}`);
  });
}

test('an empty maildrop is empty', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await assertSameMaildrop('empty', 'none', (index) => `message ${index}`);
});

test('a dot that the server forgot to stuff means what a client makes of it directly', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await deliverOnce('dotted', () => Promise.resolve([dotFirstMessage()]));
  const direct = await readMaildrop(dovecot.pop3Port, 'dotted');
  assert.deepEqual(direct.messages.map(stuffingFaults), [[0]]);
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
  });
  const relayed = await readMaildrop(postern.port('none'), 'dotted');
  assert.deepEqual(relayed.messages[0]?.body, direct.messages[0]?.body);
  assert.deepEqual(relayed.messages.map(stuffingFaults), [[]]);
});

const deliveries = new Map<string, Promise<void>>();

function deliverOnce(user: string, load: () => Promise<Buffer[]>): Promise<void> {
  const delivery =
    deliveries.get(user) ?? load().then((messages) => dovecot.deliver(user, messages));
  deliveries.set(user, delivery);
  return delivery;
}

async function assertSameMaildrop(
  user: string,
  leg: ClientTls,
  nameOf: (index: number) => string,
): Promise<void> {
  const direct = await readMaildrop(dovecot.pop3Port, user);
  await using postern = await startPostern({
    upstream: { port: leg === 'implicit' ? dovecot.pop3sPort : dovecot.pop3Port, tls: leg },
    certificates,
  });
  const relayed = await readMaildrop(postern.port('none'), user);

  assert.deepEqual(relayed.listings, direct.listings);
  assert.equal(relayed.messages.length, direct.messages.length);
  assert.deepEqual(differences(direct.messages, relayed.messages).map(nameOf), []);
  const topped = differences(direct.tops, relayed.tops).map((index) => Math.floor(index / 2));
  assert.deepEqual(topped.map(nameOf), []);
}

function differences(expected: readonly Reply[], actual: readonly Reply[]): number[] {
  return [...expected.keys()].filter(
    (index) => !expected[index]!.raw.equals(actual[index]?.raw ?? Buffer.alloc(0)),
  );
}

interface Maildrop {
  /** STAT, LIST and UIDL, whole and for one message, reduced to what has a meaning. */
  readonly listings: readonly string[];
  readonly messages: readonly Reply[];
  readonly tops: readonly Reply[];
}

type Reply = Awaited<ReturnType<Pop3Client['multiline']>>;

async function readMaildrop(port: number, user: string): Promise<Maildrop> {
  const client = await Pop3Client.connect({ port });
  await client.login(user, password);
  const stat = (await client.command('STAT')).split(' ', 3).join(' ');
  const count = Number(stat.split(' ')[1]);
  const listings = [stat];
  for (const command of ['LIST', 'UIDL']) {
    listings.push((await client.multiline(command)).raw.toString('latin1'));
    for (let number = 1; number <= count; number += 7) {
      listings.push((await client.command(`${command} ${number}`)).split(' ', 3).join(' '));
    }
  }
  const messages = await client.retrieveAll();
  const tops: Reply[] = [];
  for (let number = 1; number <= count; number++) {
    for (const lines of [0, 3]) tops.push(await client.multiline(`TOP ${number} ${lines}`));
  }
  for (const { status } of [...messages, ...tops]) assert.match(status, /^\+OK/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  return { listings, messages, tops };
}
