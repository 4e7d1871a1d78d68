// When something breaks, the client gets a temporary error or a cut connection, never a message that
// looks complete and is not, and the message stays upstream.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assembleEicar } from '../../src/demo/eicar.ts';
import { startChoke } from '../helpers/choke.ts';
import { clamdMissing, startClamd } from '../helpers/clamd.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { fillDisk } from '../helpers/full-disk.ts';
import { ConnectionEnded, Pop3Client } from '../helpers/pop3-client.ts';
import { quarantinedOriginals, type RunningPostern, startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const user = 'kim';
const password = 'secret';
const come = /^-ERR \[SYS\/TEMP\] /;
// More than all socket buffers between the server and the proxy together.
const large = Buffer.from(
  `Subject: large\r\n\r\n${'0123456789abcdef\r\n'.repeat(2_000_000)}`,
  'latin1',
);
const small = Buffer.from('Subject: small\r\n\r\nsmall\r\n');
const halfway = 4_000_000;

for (const victim of ['session', 'server'] as const) {
  test(`the upstream ${victim} is killed in the middle of RETR`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await maildropWith([large, small]);
    await using choke = await startChoke({ toPort: dovecot.pop3Port, afterOctets: halfway });
    await using postern = await startPostern({
      upstream: { port: choke.port, tls: 'none' },
      certificates,
    });
    const client = await loggedIn(postern);
    client.send('RETR 1\r\nDELE 1\r\nQUIT\r\n');
    const outcome = outcomeOf(client);
    await choke.reached;
    if (victim === 'session') assert.equal(dovecot.killSessions(), 1);
    else await dovecot.killHard();
    choke.release();
    assertNothingComplete(await outcome);
    await client.closed;
    assert.deepEqual(await storedSizes(dovecot), [large.length, small.length]);
  });
}

test('clamd is killed in the middle of a scan', async (t) => {
  if (!needs(t, dovecotMissing() ?? clamdMissing())) return;
  await using clamd = await startClamd();
  await using dovecot = await maildropWith([large, small]);
  await using choke = await startChoke({ toPort: dovecot.pop3Port, afterOctets: halfway });
  await using postern = await startPostern({
    upstream: { port: choke.port, tls: 'none' },
    certificates,
    plugins: [{ use: 'clamav', options: { socket: clamd.socketPath } }],
  });
  const client = await loggedIn(postern);
  client.send('RETR 1\r\n');
  const outcome = outcomeOf(client);
  await choke.reached;
  clamd.kill();
  choke.release();
  assert.match((await outcome).status, come);
  // Nobody is there to scan the next one either.
  assert.match((await client.multiline('RETR 2')).status, come);
  assert.match(await client.command('QUIT'), /^\+OK/);
  assert.deepEqual(await storedSizes(dovecot), [large.length, small.length]);
});

test('the original of an infected message finds no place in the quarantine', async (t) => {
  if (!needs(t, dovecotMissing() ?? clamdMissing())) return;
  await using clamd = await startClamd();
  const infected = infectedMessage(1_000_000);
  await using dovecot = await maildropWith([infected, small]);
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
    plugins: [{ use: 'clamav', options: { socket: clamd.socketPath } }],
  });
  await using disk = await fillDisk(join(postern.quarantineFolder, 'sealed'));
  t.diagnostic(`quarantine folder: ${disk.kind}`);
  const client = await loggedIn(postern);
  assert.match((await client.multiline('RETR 1')).status, come);
  assert.match((await client.multiline('TOP 1 5')).status, come);
  assert.deepEqual((await client.multiline('RETR 2')).body, small);
  assert.match(await client.command('QUIT'), /^\+OK/);
  assert.deepEqual(await storedSizes(dovecot), [infected.length, small.length]);
  if (disk.kind === 'full') assert.equal((await quarantinedOriginals(postern)).size, 0);
});

test('no client is told of a virus whose scanner was never reachable', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await maildropWith([small]);
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
    plugins: [{ use: 'clamav', options: { socket: './no-such.sock', connect_timeout: '1s' } }],
  });
  await assertDeferred(postern, dovecot);
});

const faulty: Readonly<Record<string, string>> = {
  'inspect throws': "inspect: async () => { throw new Error('boom'); }",
  'inspect throws at once': "inspect: () => { throw new Error('boom'); }",
  'inspect hangs': 'inspect: () => new Promise(() => {})',
  'inspect gives nothing': 'inspect: async () => undefined',
  'inspect gives an unknown verdict': "inspect: async () => ({ kind: 'fine' })",
  'transform throws': "transform: async () => { throw new Error('boom'); }",
  'transform throws on the way out':
    "transform: async (context, next) => { await next(); throw new Error('boom'); }",
  'transform hangs': 'transform: () => new Promise(() => {})',
  'transform forgets next': 'transform: async () => {}',
  'transform forgets to await next': 'transform: async (context, next) => { next(); }',
  'transform calls next twice':
    'transform: async (context, next) => { await next(); await next(); }',
  'observe of the judgement throws':
    "observe: async ({ kind }) => { if (kind === 'messageJudged') throw new Error('boom'); }",
};

for (const [fault, member] of Object.entries(faulty)) {
  test(`a plugin whose ${fault} delays the message`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using dovecot = await maildropWith([small]);
    await using postern = await startPostern({
      upstream: { port: dovecot.pop3Port, tls: 'none' },
      certificates,
      plugins: [{ use: './faulty.mjs', timeout: '500ms' }],
      files: { 'faulty.mjs': pluginSource(member) },
    });
    await assertDeferred(postern, dovecot);
  });
}

test('a failing plugin is passed over only where the configuration says so', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  await using dovecot = await maildropWith([small]);
  await using postern = await startPostern({
    upstream: { port: dovecot.pop3Port, tls: 'none' },
    certificates,
    plugins: [{ use: './faulty.mjs', on_error: 'pass' }],
    files: { 'faulty.mjs': pluginSource("inspect: async () => { throw new Error('boom'); }") },
  });
  const client = await loggedIn(postern);
  assert.deepEqual((await client.multiline('RETR 1')).body, small);
  client.destroy();
});

async function assertDeferred(postern: RunningPostern, dovecot: RunningDovecot): Promise<void> {
  const client = await loggedIn(postern);
  assert.match((await client.multiline('RETR 1')).status, come);
  assert.match((await client.multiline('TOP 1 1')).status, come);
  assert.match(await client.command('NOOP'), /^\+OK/);
  assert.match(await client.command('QUIT'), /^\+OK/);
  await client.closed;
  assert.deepEqual(await storedSizes(dovecot), [small.length]);
}

interface Outcome {
  /** Empty when the connection ended before a status line. */
  readonly status: string;
  readonly isComplete: boolean;
}

async function outcomeOf(client: Pop3Client): Promise<Outcome> {
  let status = '';
  try {
    status = await client.readLine();
    if (!status.startsWith('+OK')) return { status, isComplete: false };
    await client.readContent();
    return { status, isComplete: true };
  } catch (error) {
    if (!(error instanceof ConnectionEnded)) throw error;
    return { status, isComplete: false };
  }
}

function assertNothingComplete({ status, isComplete }: Outcome): void {
  assert.equal(isComplete, false, `a complete-looking message after "${status}"`);
  if (status.startsWith('-')) assert.match(status, come);
}

async function maildropWith(messages: readonly Buffer[]): Promise<RunningDovecot> {
  const dovecot = await startDovecot({ users: [{ name: user, password }] });
  await dovecot.deliver(user, messages);
  return dovecot;
}

async function loggedIn(postern: RunningPostern): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port: postern.port('none') });
  await client.login(user, password);
  return client;
}

async function storedSizes(dovecot: RunningDovecot): Promise<number[]> {
  return (await dovecot.messages(user)).map(({ length }) => length);
}

function infectedMessage(octets: number): Buffer {
  const line = `${'x'.repeat(70)}\r\n`;
  const filler = line.repeat(octets / line.length);
  return Buffer.from(`Subject: infected\r\n\r\n${filler}${assembleEicar()}\r\n`, 'latin1');
}

function pluginSource(member: string): string {
  return `export default { name: 'faulty', setup: () => ({ ${member} }) };\n`;
}
