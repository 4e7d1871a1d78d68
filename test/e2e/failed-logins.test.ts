// Wrong passwords in front of a real server: what reaches it, what the client is told, and what others feel.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import {
  type PosternOptions,
  type PosternProcess,
  type RunningPostern,
  startPostern,
  startPosternProcess,
} from '../helpers/postern.ts';
import { eventually, findProgram, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const run = promisify(execFile);
const certificates = makeTestCertificates();
const users = ['anna', 'berta', 'clara', 'dora'].map((name) => ({ name, password: `of ${name}` }));
let dovecot: RunningDovecot | undefined;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(() => dovecot?.[Symbol.asyncDispose]());

function start(settings: NonNullable<PosternOptions['settings']> = {}): Promise<PosternProcess> {
  assert.ok(dovecot !== undefined);
  return startPosternProcess({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    settings,
  });
}

/** The reply to PASS, on a connection of its own. */
async function logIn(postern: RunningPostern, user: string, password: string): Promise<string> {
  const client = await Pop3Client.connect({ port: postern.port('none') });
  try {
    await client.command(`USER ${user}`);
    return await client.command(`PASS ${password}`);
  } finally {
    client.destroy();
  }
}

/** Passwords that the server has refused since it started. */
async function refusedByServer(): Promise<number> {
  const log = (await dovecot?.log()) ?? '';
  return [...log.matchAll(/auth failed, (\d+) attempts/g)].reduce(
    (sum, [, attempts]) => sum + Number(attempts),
    0,
  );
}

/** A server that counts fewer has not written its last line yet. */
async function assertRefused(work: () => Promise<number>): Promise<void> {
  const before = await refusedByServer();
  const expected = await work();
  const count = await eventually('the log of the server', async () => {
    const found = (await refusedByServer()) - before;
    return found >= expected ? found : undefined;
  });
  assert.equal(count, expected);
}

for (const workers of [1, 2]) {
  const where = workers === 1 ? 'one process' : 'two workers';

  test(`${where}: the same wrong password reaches the server once, whoever sends it how often`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    await using postern = await start({ workers });
    const replies: string[] = [];
    await assertRefused(async () => {
      for (let time = 0; time < 12; time += 1) {
        replies.push(await logIn(postern, 'anna', 'last year'));
      }
      return 1;
    });
    assert.equal(new Set(replies).size, 1);
    assert.match(replies[0] ?? '', /^-ERR \[AUTH\] /);
    // Another password is another matter, and nobody has to wait.
    assert.match(await logIn(postern, 'anna', 'of anna'), /^\+OK/);
    const lines = await failures(postern, 12);
    assert.deepEqual(
      lines.map(({ reason }) => reason),
      ['wrong password', ...Array<string>(11).fill('same password')],
    );
    assert.ok(lines.every(({ client, user }) => client === '127.0.0.1' && user === 'anna'));
    assert.ok(!postern.output().includes('last year'));
  });

  test(`${where}: who guesses is refused in the end; who was there before is not made to wait`, async (t) => {
    if (!needs(t, dovecotMissing())) return;
    const limits = { failures_per_address: 4, first_delay: '100ms', max_delay: '100ms' };
    await using postern = await start({ workers, logins: limits });
    assert.match(await logIn(postern, 'berta', 'of berta'), /^\+OK/);
    const guesses = 20;
    await assertRefused(async () => {
      const all = Array.from({ length: guesses }, async (_, guess) => {
        for (let time = 0; time < 5; time += 1) {
          await logIn(postern, `made up ${guess}`, `guess ${time}`);
        }
      });
      await Promise.all(all);
      const lines = await failures(postern, guesses * 5);
      const sent = lines.filter(({ reason }) => reason === 'wrong password').length;
      const notSent = lines.filter(({ reason }) => reason === 'too many failures').length;
      assert.equal(sent + notSent, guesses * 5);
      assert.ok(sent >= 4 && notSent > 0, `${sent} ${notSent}`);
      return sent;
    });
    assert.match(await logIn(postern, 'berta', 'of berta'), /^\+OK/);
  });
}

test('what was counted holds after a change of the configuration', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  assert.ok(dovecot !== undefined);
  const upstream = { port: dovecot.pop3sPort, tls: 'implicit' } as const;
  await using postern = await startPostern({ upstream, certificates });
  await assertRefused(async () => {
    assert.match(await logIn(postern, 'clara', 'last year'), /^-ERR \[AUTH\] /);
    await postern.reload({ settings: { logins: { failures_per_account: 7 } } });
    assert.match(await logIn(postern, 'clara', 'last year'), /^-ERR \[AUTH\] /);
    return 1;
  });
  await postern.reload({ settings: { logins: { same_password: '0s' } } });
  await assertRefused(async () => {
    assert.match(await logIn(postern, 'clara', 'last year'), /^-ERR \[AUTH\] /);
    return 1;
  });
});

test('other names for the same account are no other account', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  assert.ok(dovecot !== undefined);
  const server = { host: '127.0.0.1', port: dovecot.pop3sPort, tls: 'implicit', ca: './ca.pem' };
  const route = {
    name: 'test',
    upstream: { ...server, server_name: 'localhost' },
    login_name: { rewrite: [{ strip_domain: '*' }] },
  };
  await using postern = await start({ routes: [route] });
  await assertRefused(async () => {
    for (const name of ['clara', 'clara@example.org', 'clara@example.net']) {
      assert.match(await logIn(postern, name, 'the year before'), /^-ERR \[AUTH\] /);
    }
    return 1;
  });
});

interface Failure {
  readonly msg: string;
  readonly reason: string;
  readonly client: string;
  readonly user: string;
}

function failures(postern: PosternProcess, count: number): Promise<Failure[]> {
  return eventually('lines of failed logins', () => {
    const found = linesOf(postern);
    return found.length >= count ? found : undefined;
  });
}

function linesOf(postern: PosternProcess): Failure[] {
  return postern
    .output()
    .split('\n')
    .filter((line) => line.endsWith('"msg":"login refused"}'))
    .map((line): Failure => JSON.parse(line));
}

test('fail2ban finds the guesses in the log, and nothing else', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  const regex = findProgram('fail2ban-regex');
  const isMissing = regex === undefined ? 'fail2ban is not installed' : undefined;
  if (!needs(t, isMissing) || regex === undefined) return;
  await using folder = await temporaryFolder('fail2ban');
  await using postern = await start({ workers: 2 });
  const forged = '","client":"192.0.2.66","listener":"x","reason":"wrong password","';
  await logIn(postern, 'dora', 'guess 1');
  await logIn(postern, 'dora', 'guess 1');
  await logIn(postern, 'dora', 'guess 2');
  await logIn(postern, forged, 'guess 3');
  await logIn(postern, forged, 'guess 3');
  await failures(postern, 5);
  const log = join(folder.path, 'postern.log');
  const filter = fileURLToPath(new URL('../../docs/fail2ban/postern.conf', import.meta.url));
  const written = postern.output().trimEnd().split('\n');
  // As a file, and as the journal gives it.
  for (const prefix of ['', 'host postern[123]: ']) {
    const lines = written.map((line) => `${prefix}${line}\n`);
    await writeFile(log, lines.join(''));
    const found: { stdout: string } = await run(regex, ['--out', '<ip>', log, filter]);
    assert.deepEqual(found.stdout.trim().split('\n'), Array<string>(3).fill('127.0.0.1'));
  }
});
