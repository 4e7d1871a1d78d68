import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '#plugin-api';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { freePort, run, temporaryFolder } from '../../helpers/process.ts';
import { FakeClamd, type ScanScript, saysClean } from './fake-clamd.ts';
import { messageOf } from './message.ts';
import { startPlugin as start } from './running-plugin.ts';

async function verdictOf(
  script: ScanScript,
  content: readonly Buffer[] = [Buffer.from('Subject: x\r\n\r\nx\r\n')],
  options: Readonly<Record<string, unknown>> = {},
): Promise<Verdict> {
  await using fake = await FakeClamd.start({ script });
  await using plugin = await start({ socket: fake.address, ...options });
  return await plugin.inspect(messageOf(content));
}

const answering =
  (reply: string): ScanScript =>
  async (peer) => {
    await peer.message();
    peer.answer(reply);
  };

test('a clean message passes', async () => {
  assert.deepEqual(await verdictOf(saysClean), { kind: 'pass' });
});

test('an infected message is blocked by the name of its signature', async () => {
  assert.deepEqual(await verdictOf(answering('stream: Win.Test.EICAR_HDB-1 FOUND\0')), {
    kind: 'block',
    finding: 'Win.Test.EICAR_HDB-1',
    explanation: 'The virus scanner ClamAV found Win.Test.EICAR_HDB-1.',
  });
});

const deferrals: readonly (readonly [string, ScanScript])[] = [
  ['an error', answering('stream: Out of memory ERROR\0')],
  ['an empty reply', answering('')],
  ['half a reply', answering('stream: O')],
  ['an OK without terminator', answering('stream: OK')],
  ['garbage', answering('\xff\x00\x01OK\0')],
  ['half a finding', answering('stream: Eicar FOU')],
  ['two replies', answering('stream: OK\0stream: Eicar FOUND\0')],
  ['a close at once', (peer) => peer.answer('')],
  ['an OK to nothing', (peer) => peer.say('stream: OK\0')],
];

for (const [name, script] of deferrals) {
  test(`deferred: ${name}`, async () => {
    const content = Array.from({ length: 40 }, () => Buffer.alloc(65_536));
    assert.equal((await verdictOf(script, content)).kind, 'tempfail');
  });
}

test('an OK before the whole message was sent defers', async () => {
  const answered = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.piece();
      peer.say('stream: OK\0');
      await peer.closed();
      answered.resolve();
    },
  });
  await using plugin = await start({ socket: fake.address });
  async function* content() {
    yield Buffer.from('first half');
    await answered.promise;
  }
  const verdict = await plugin.inspect(messageOf(content()));
  assert.deepEqual(verdict, {
    kind: 'tempfail',
    reason: 'clamd replied before it had the whole message',
  });
});

test('an empty message is scanned like any other', async () => {
  let octets: number | undefined;
  const verdict = await verdictOf(async (peer) => {
    octets = (await peer.message()).length;
    peer.answer('stream: OK\0');
  }, []);
  assert.deepEqual(verdict, { kind: 'pass' });
  assert.equal(octets, 0);
});

for (const at of ['unix', 'tcp'] as const) {
  test(`a virus in the last octets of 5 MB reaches clamd over ${at}`, async () => {
    const pieces = Array.from({ length: 80 }, (_, index) =>
      Buffer.alloc(65_536, 65 + (index % 26)),
    );
    const content = [...pieces, Buffer.from(assembleEicar(), 'latin1')];
    const sent = createHash('sha256').update(Buffer.concat(content)).digest('hex');
    let received: string | undefined;
    await using fake = await FakeClamd.start({
      at,
      script: async (peer) => {
        const message = await peer.message();
        received = createHash('sha256').update(message).digest('hex');
        const isInfected = message.includes(assembleEicar(), message.length - 68, 'latin1');
        peer.answer(isInfected ? 'stream: Eicar FOUND\0' : 'stream: OK\0');
      },
    });
    await using plugin = await start({ socket: fake.address });
    assert.equal((await plugin.inspect(messageOf(content))).kind, 'block');
    assert.equal(received, sent);
  });
}

test('without clamd set-up succeeds and messages are deferred, until clamd comes', async () => {
  await using folder = await temporaryFolder('late-clamd');
  const path = join(folder.path, 'clamd.sock');
  await using plugin = await start({ socket: path });
  assert.equal(plugin.cacheKey?.(), undefined);
  const verdict = await plugin.inspect(messageOf([Buffer.from('x')]));
  assert.ok(verdict.kind === 'tempfail');
  assert.match(verdict.reason, /^clamd cannot be reached: .*ENOENT/);
  await using _fake = await FakeClamd.start({ at: { path } });
  assert.deepEqual(await plugin.inspect(messageOf([Buffer.from('x')])), { kind: 'pass' });
});

test('a TCP port where nobody listens defers', async () => {
  await using plugin = await start({ socket: { host: '127.0.0.1', port: await freePort() } });
  const verdict = await plugin.inspect(messageOf([Buffer.from('x')]));
  assert.ok(verdict.kind === 'tempfail');
  assert.match(verdict.reason, /^clamd cannot be reached: .*ECONNREFUSED/);
});

test('the cache key names engine and signatures', async () => {
  await using fake = await FakeClamd.start();
  await using plugin = await start({ socket: fake.address });
  assert.equal(plugin.cacheKey?.(), 'clamav/1.4.6/27500');
});

test('no more than max_concurrent scans run; a message that leaves the line is deferred', async () => {
  const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const go = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      arrived[fake.scans - 1]?.resolve();
      await go.promise;
      peer.answer('stream: OK\0');
    },
  });
  await using plugin = await start({ socket: fake.address, max_concurrent: 1 });
  const first = plugin.inspect(messageOf([Buffer.from('1')]));
  const leaving = new AbortController();
  const second = plugin.inspect(messageOf([Buffer.from('2')], { signal: leaving.signal }));
  const third = plugin.inspect(messageOf([Buffer.from('3')]));
  await arrived[0]?.promise;
  leaving.abort();
  assert.deepEqual(await second, { kind: 'tempfail', reason: 'the scan was given up' });
  assert.equal(fake.scans, 1);
  go.resolve();
  assert.deepEqual(await first, { kind: 'pass' });
  assert.deepEqual(await third, { kind: 'pass' });
  assert.equal(fake.scans, 2);
});

test('a slot is free again after every kind of failure', async () => {
  const scripts: ScanScript[] = [
    (peer) => peer.answer(''),
    answering('stream: Out of memory ERROR\0'),
    answering('stream: OK'),
  ];
  await using fake = await FakeClamd.start();
  await using plugin = await start({ socket: fake.address, max_concurrent: 1 });
  for (const script of scripts) {
    fake.script = script;
    assert.equal((await plugin.inspect(messageOf([Buffer.from('x')]))).kind, 'tempfail');
  }
  fake.script = saysClean;
  assert.deepEqual(await plugin.inspect(messageOf([Buffer.from('x')])), { kind: 'pass' });
});

test('disposal ends a scan in progress with a deferral', async () => {
  const arrived = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      arrived.resolve();
      await peer.closed();
    },
  });
  const plugin = await start({ socket: fake.address });
  const scanning = plugin.inspect(messageOf([Buffer.from('x')]));
  await arrived.promise;
  await plugin.dispose?.();
  assert.equal((await scanning).kind, 'tempfail');
  assert.equal(plugin.cacheKey?.(), undefined);
});

test('a plugin that was set up keeps no process alive and prints nothing', async () => {
  await using fake = await FakeClamd.start();
  const file = (path: string) => new URL(`../../../plugins/clamav/${path}`, import.meta.url).href;
  const clockFile = new URL('../../../src/base/clock.ts', import.meta.url).href;
  const script = `
    const { default: plugin } = await import(${JSON.stringify(file('index.ts'))});
    const { optionsSchema } = await import(${JSON.stringify(file('options.ts'))});
    const log = { info() {}, warn() {}, child: () => log };
    const metric = () => ({ add() {}, set() {}, observe() {} });
    const metrics = { counter: metric, gauge: metric, histogram: metric };
    const { systemClock: clock } = await import(${JSON.stringify(clockFile)});
    const services = { log, metrics, clock, resolvePath: (path) => path };
    for (const socket of ${JSON.stringify([fake.address, '/nonexistent/clamd.sock'])}) {
      await plugin.setup(optionsSchema.parse({ socket }), services);
    }
  `;
  const finished = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  });
  assert.deepEqual([finished.code, finished.stdout.toString(), finished.stderr], [0, '', '']);
});
