// Messages read ahead from a real server: octets, order, deletions, a reload in between, and a server whose
// sessions are killed. With a chain the yardstick is the same chain that fetches only what is asked for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailSample } from '../helpers/corpus.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { ConnectionEnded, Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternInProcess, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const kim = { name: 'kim', password: 'secret' };
const count = 40;
const numbers = Array.from({ length: count }, (_, index) => index + 1);
const chain = [{ use: 'subject-cleaner' }, { use: 'attachment-policy' }];

/** Neighbours, backwards, far jumps, and each message in the end. */
const restless = [
  1,
  2,
  3,
  4,
  20,
  19,
  18,
  17,
  40,
  1,
  5,
  6,
  5,
  30,
  31,
  32,
  33,
  ...numbers.toReversed(),
];
const orders: Readonly<Record<string, readonly number[]>> = {
  'in order': numbers,
  backwards: numbers.toReversed(),
  restless,
};

/** All messages, in a session of their own. */
async function downloadAll(port: number): Promise<Buffer[]> {
  const client = await logIn(port);
  try {
    return await download(client, numbers, 'in turn');
  } finally {
    client.destroy();
  }
}

function startBefore(
  dovecot: RunningDovecot,
  plugins: readonly object[],
  readAhead: 'auto' | 'off' = 'auto',
): Promise<PosternInProcess> {
  const upstream = {
    host: '127.0.0.1',
    port: dovecot.pop3sPort,
    tls: 'implicit',
    ca: './ca.pem',
    server_name: 'localhost',
    read_ahead: readAhead,
  };
  return startPostern({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    plugins,
    settings: { routes: [{ name: 'test', upstream }] as unknown as object },
  });
}

async function logIn(port: number): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port });
  await client.login(kim.name, kim.password);
  return client;
}

async function download(
  client: Pop3Client,
  order: readonly number[],
  how: 'in turn' | 'pipelined',
): Promise<Buffer[]> {
  const octets: Buffer[] = [];
  if (how === 'pipelined') client.send(order.map((number) => `RETR ${number}\r\n`).join(''));
  for (const number of order) {
    if (how === 'in turn') client.send(`RETR ${number}\r\n`);
    const { status, raw } = await client.readMultiline();
    assert.match(status, /^\+OK/);
    octets.push(raw);
  }
  return octets;
}

async function filled(dovecot: RunningDovecot, t: Parameters<typeof mailSample>[0]): Promise<void> {
  await dovecot.deliver(kim.name, await mailSample(t, count, 7));
}

for (const plugins of [[], chain]) {
  test(`whatever the order, octets are the same (${plugins.length} plugins)`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await startDovecot({ users: [kim], tls: certificates.server });
    await filled(dovecot, t);
    await using ahead = await startBefore(dovecot, plugins);
    await using plain = await startBefore(dovecot, plugins, 'off');
    const port = plugins.length === 0 ? dovecot.pop3Port : plain.port('none');
    const expected = await downloadAll(port);
    for (const [name, order] of Object.entries(orders)) {
      for (const how of ['in turn', 'pipelined'] as const) {
        const client = await logIn(ahead.port('none'));
        const octets = await download(client, order, how);
        for (const [index, raw] of octets.entries()) {
          const number = order[index] ?? 0;
          assert.ok(expected[number - 1]?.equals(raw), `message ${number}, ${name}, ${how}`);
        }
        client.destroy();
      }
    }
  });

  test(`what is deleted is what the client has marked (${plugins.length} plugins)`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await startDovecot({ users: [kim], tls: certificates.server });
    await filled(dovecot, t);
    await using postern = await startBefore(dovecot, plugins);
    const before = await dovecot.messages(kim.name);
    const client = await logIn(postern.port('none'));
    await download(client, [1, 2, 3], 'in turn');
    for (const number of [2, 5, 9]) assert.match(await client.command(`DELE ${number}`), /^\+OK/);
    await download(client, [4, 6], 'in turn');
    assert.match(await client.command('QUIT'), /^\+OK/);
    const left = await dovecot.messages(kim.name);
    const kept = before.filter((_, index) => ![2, 5, 9].includes(index + 1));
    assert.ok(Buffer.concat(left).equals(Buffer.concat(kept)));
  });

  test(`a reload does not change a session under way (${plugins.length} plugins)`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await startDovecot({ users: [kim], tls: certificates.server });
    await filled(dovecot, t);
    await using postern = await startBefore(dovecot, plugins);
    const expected = await downloadAll(postern.port('none'));
    const client = await logIn(postern.port('none'));
    const first = await download(client, numbers.slice(0, 10), 'in turn');
    await postern.reload({ plugins: [{ use: 'banner', options: { text: 'seen' } }] });
    const rest = await download(client, numbers.slice(10), 'in turn');
    assert.ok(Buffer.concat([...first, ...rest]).equals(Buffer.concat(expected)));
    assert.match(await client.command('QUIT'), /^\+OK/);
  });

  test(`a server whose sessions are killed costs no octet (${plugins.length} plugins)`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await startDovecot({ users: [kim], tls: certificates.server });
    await filled(dovecot, t);
    await using postern = await startBefore(dovecot, plugins);
    const expected = await downloadAll(postern.port('none'));
    const client = await logIn(postern.port('none'));
    await download(client, numbers.slice(0, 5), 'in turn');
    assert.match(await client.command('DELE 1'), /^\+OK/);
    dovecot.killSessions();
    try {
      for (const number of numbers.slice(5)) {
        const { status, raw } = await client.multiline(`RETR ${number}`);
        if (status.startsWith('-ERR')) continue;
        assert.ok(expected[number - 1]?.equals(raw), `message ${number}`);
      }
      assert.match(await client.command('QUIT'), /^-ERR/);
    } catch (error) {
      assert.ok(error instanceof ConnectionEnded, String(error));
    }
    assert.equal((await dovecot.messages(kim.name)).length, count);
  });
}
