// Postern as a service: its socket is handed over, the service manager is told how it is, and a restart
// costs nobody anything.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mainFile } from '../cli/postern.ts';
import { Pop3Client } from '../helpers/pop3-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/process.ts';
import { needs } from '../helpers/requirement.ts';
import { account, serveMaildrop } from '../helpers/scripted-maildrop.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../helpers/scripted-upstream.ts';
import { serviceManagerMissing, TestServiceManager } from '../helpers/service-manager.ts';

const sessions = 200;
const patientMs = 120_000;

let folder: TemporaryFolder;
let upstream: ScriptedUpstream;

before(async () => {
  folder = await temporaryFolder('service');
  const messages = [1, 2, 3].map((number) => ({
    uidl: `u${number}`,
    content: `Subject: ${number}\r\n\r\n${`line of message ${number}\r\n`.repeat(2000)}`,
  }));
  upstream = await startScriptedUpstream(() => serveMaildrop(messages), { limitMs: patientMs });
});

after(async () => {
  await upstream[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function configFile(name: string, settings: object): Promise<string> {
  const file = join(folder.path, `${name}.yaml`);
  const target = { host: '127.0.0.1', port: upstream.port, tls: 'none' };
  const config = {
    listeners: [{ name: 'pop3', socket: 'pop3', tls: 'none' }],
    routes: [{ name: 'r', upstream: { ...target, allow_plaintext_login: true } }],
    limits: { max_sessions_per_address: 1000 },
    shutdown: { sessions: '1h' },
    state: { folder: `./${name}-state` },
    quarantine: { folder: `./${name}-quarantine`, key_file: `./${name}.key` },
    ...settings,
  };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function startManager(name: string): Promise<TestServiceManager & AsyncDisposable> {
  const own = await temporaryFolder(`service-${name}`);
  return TestServiceManager.start(own.path);
}

function serve(file: string): string[] {
  return [process.execPath, mainFile, 'serve', '--config', file];
}

async function logIn(port: number): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ port, limitMs: patientMs });
  await client.login(account.user, account.password);
  return client;
}

async function fetchAll(client: Pop3Client): Promise<void> {
  const fetched = await client.retrieveAll();
  assert.equal(fetched.length, 3);
  assert.match(await client.command('QUIT'), /^\+OK/);
}

for (const workers of [1, 2]) {
  test(`a restart under load refuses nobody and cuts no download, workers: ${workers}`, async (t) => {
    if (!needs(t, serviceManagerMissing())) return;
    const file = await configFile(`restart-${workers}`, { workers });
    await using manager = await startManager(`restart-${workers}`);
    const { port } = manager;
    const old = await manager.startService(serve(file));
    await manager.hears('READY=1');
    const running = await Promise.all(Array.from({ length: sessions }, () => logIn(port)));

    process.kill(old, 'SIGTERM');
    await manager.hears('STOPPING=1');
    // They wait in the queue of the socket for whoever serves it next.
    const newcomers = Array.from({ length: 50 }, async () => fetchAll(await logIn(port)));
    await Promise.all(running.map(fetchAll));
    assert.equal(await manager.ended(old), 0, await manager.log());
    const toldBefore = manager.told.length;
    const successor = await manager.startService(serve(file));
    await manager.hears('READY=1', toldBefore);
    await Promise.all(newcomers);

    process.kill(successor, 'SIGTERM');
    assert.equal(await manager.ended(successor), 0);
    assert.doesNotMatch(await manager.log(), /"level":"error"|sessions are cut/);
  });
}

test('all workers may end at once, and the socket is there for the next ones', async (t) => {
  if (!needs(t, serviceManagerMissing())) return;
  const file = await configFile('crash', { workers: 2 });
  await using manager = await startManager('crash');
  const pid = await manager.startService(serve(file));
  await manager.hears('READY=1');
  const serving = /"pid":(\d+),"msg":"a worker serves"/g;
  for (const [, worker] of (await manager.log()).matchAll(serving)) {
    process.kill(Number(worker), 'SIGKILL');
  }
  await fetchAll(await logIn(manager.port));
  process.kill(pid, 'SIGTERM');
  assert.equal(await manager.ended(pid), 0);
});

test('the service manager hears of a reload, and that all is well', async (t) => {
  if (!needs(t, serviceManagerMissing())) return;
  const file = await configFile('told', {});
  await using manager = await startManager('told');
  const pid = await manager.startService(serve(file), { WATCHDOG_USEC: '200000' });
  await manager.hears('READY=1');
  await manager.hears('WATCHDOG=1');
  const toldBefore = manager.told.length;
  process.kill(pid, 'SIGHUP');
  await manager.hears('RELOADING=1', toldBefore);
  await manager.hears('READY=1', toldBefore);
  const reload = manager.told.slice(toldBefore).find((lines) => lines.includes('RELOADING=1'));
  assert.ok(reload?.some((line) => /^MONOTONIC_USEC=\d+$/.test(line)));
  process.kill(pid, 'SIGTERM');
  assert.equal(await manager.ended(pid), 0);
});

test('a process between the service manager and Postern is named as the reason', async (t) => {
  if (!needs(t, serviceManagerMissing())) return;
  const file = await configFile('wrapped', {});
  await using manager = await startManager('wrapped');
  const [node = '', ...rest] = serve(file);
  const pid = await manager.startService(['/bin/sh', '-c', `"$@"; exit $?`, 'sh', node, ...rest]);
  assert.equal(await manager.ended(pid), 1);
  assert.match(await manager.log(), /meant for process \d+, and this is \d+.*without npm/);
});
