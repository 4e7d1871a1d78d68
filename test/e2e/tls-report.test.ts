// Who uses which TLS, as a report shows it while the proxy runs with two workers, and after it has ended.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { openTlsUses, tlsUsesFile } from '../../src/stores/tls-uses.ts';
import { mainFile } from '../cli/postern.ts';
import { dovecotMissing, type RunningDovecot, startDovecot } from '../helpers/dovecot.ts';
import { type ClientTls, Pop3Client } from '../helpers/pop3-client.ts';
import { type PosternProcess, startPosternProcess } from '../helpers/postern.ts';
import { eventually } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const run = promisify(execFile);
const certificates = makeTestCertificates();
let dovecot: RunningDovecot | undefined;

before(async () => {
  if (dovecotMissing() !== undefined) return;
  const users = ['anna', 'berta'].map((name) => ({ name, password: `of ${name}` }));
  dovecot = await startDovecot({ users, tls: certificates.server });
});

after(() => dovecot?.[Symbol.asyncDispose]());

async function session(postern: PosternProcess, user: string, tls: ClientTls): Promise<void> {
  const client = await Pop3Client.connect({
    port: postern.port(tls),
    tls,
    ca: certificates.caPem,
    serverName: 'localhost',
  });
  await client.login(user, `of ${user}`);
  await client.command('QUIT');
  client.destroy();
}

async function report(postern: PosternProcess, ...options: string[]): Promise<object[]> {
  const command = [mainFile, 'report', 'tls', '--config', postern.configFile, '--json', ...options];
  const { stdout } = await run(process.execPath, command);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line): object => {
    const { cipher, firstSeen, lastSeen, ...facts } = JSON.parse(line);
    assert.ok(Date.parse(firstSeen) <= Date.parse(lastSeen));
    assert.equal(cipher === '', facts.protocol === 'none');
    return facts;
  });
}

/** Sessions of clients, as far as they are written. */
function recorded(postern: PosternProcess): number {
  const uses = openTlsUses(join(postern.folder, 'state', tlsUsesFile), systemClock);
  const rows = uses.report('account', 0);
  uses.close();
  return rows.reduce((sum, { sessions }) => sum + sessions, 0);
}

test('the report has both sides of all sessions of all workers, while they run and afterwards', async (t) => {
  if (!needs(t, dovecotMissing())) return;
  assert.ok(dovecot !== undefined);
  await using postern = await startPosternProcess({
    upstream: { port: dovecot.pop3sPort, tls: 'implicit' },
    certificates,
    settings: { workers: 2 },
  });
  for (let time = 0; time < 4; time += 1) await session(postern, 'anna', 'none');
  await session(postern, 'anna', 'implicit');
  await session(postern, 'berta', 'stls');
  const old = [
    { account: 'anna', listener: 'none', mode: 'none', protocol: 'none', sessions: 4, clients: 1 },
  ];
  await eventually('the record of all sessions', () => recorded(postern) === 6 || undefined);
  assert.deepEqual(await report(postern, '--plain'), old);
  assert.deepEqual(await report(postern, '--older-than', 'TLSv1.3'), old);
  assert.deepEqual(await report(postern, '--by', 'upstream'), [
    {
      upstream: `127.0.0.1:${dovecot.pop3sPort}`,
      route: 'test',
      mode: 'implicit',
      protocol: 'TLSv1.3',
      sessions: 6,
      accounts: 2,
    },
  ]);
  assert.deepEqual(await report(postern, '--by', 'client', '--plain'), [
    {
      client: '127.0.0.1',
      listener: 'none',
      mode: 'none',
      protocol: 'none',
      sessions: 4,
      accounts: 1,
    },
  ]);
  await session(postern, 'berta', 'none');
  await postern.terminate();
  assert.equal((await report(postern, '--plain')).length, 2);
});
