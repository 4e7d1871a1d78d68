import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeClamd, type ScanScript, saysClean } from './fake-clamd.ts';
import { messageOf } from './message.ts';
import { RecordingMetrics } from './recording-metrics.ts';
import { startPlugin } from './running-plugin.ts';

const eicar = Buffer.from(assembleEicar(), 'latin1');
const large = Array.from({ length: 40 }, () => Buffer.alloc(65_536, 'a'));
const nowhere = { socket: '/nonexistent/clamd.sock' };

const scans: ScanScript = async (peer) => {
  const message = await peer.message();
  peer.answer(message.includes(eicar) ? 'stream: Eicar FOUND\0' : 'stream: OK\0');
};

const answering =
  (reply: string): ScanScript =>
  async (peer) => {
    await peer.message();
    peer.answer(reply);
  };

const serverAt = ({ address }: FakeClamd) =>
  typeof address === 'string' ? { socket: address } : address;

/** Always begins with the first server. */
async function startWith(
  servers: readonly unknown[],
  options: Readonly<Record<string, unknown>> = {},
  metrics = new RecordingMetrics(),
) {
  return await startPlugin({ servers, strategy: 'first', ...options }, { metrics });
}

const failures: readonly (readonly [string, ScanScript])[] = [
  ['closes at once', (peer) => peer.answer('')],
  [
    'breaks in the middle of the message',
    async (peer) => {
      await peer.piece();
      peer.socket.destroy();
    },
  ],
  ['gives no reply', answering('')],
  ['gives half a reply', answering('stream: O')],
  ['answers garbage', answering('\xff\x00\x01OK\0')],
  ['has no memory', answering("stream: Can't allocate memory ERROR\0")],
  ['says OK too early', (peer) => peer.say('stream: OK\0')],
  [
    'never answers',
    async (peer) => {
      await peer.message();
      await peer.closed();
    },
  ],
];

for (const [name, script] of failures) {
  test(`when the first server ${name}, the second one scans the whole message`, async () => {
    await using first = await FakeClamd.start({ script });
    await using second = await FakeClamd.start({ script: scans });
    await using plugin = await startWith([serverAt(first), serverAt(second)], {
      // Only for the silent one; long enough for a second server on a machine with much to do.
      scan_timeout: '3s',
    });
    const infected = await plugin.inspect(messageOf([...large, eicar]));
    assert.ok(infected.kind === 'block');
    assert.equal(infected.finding, 'Eicar');
    assert.deepEqual([first.scans, second.scans], [1, 1]);
  });
}

test('servers that are not there are passed over, however many', async () => {
  await using last = await FakeClamd.start({ script: scans });
  const servers = [nowhere, { socket: '/nonexistent/other.sock' }, serverAt(last)];
  await using plugin = await startWith(servers);
  assert.equal((await plugin.inspect(messageOf([eicar]))).kind, 'block');
});

test('one that went away without a word is passed over, from the first message on', async () => {
  await using second = await FakeClamd.start({ script: scans });
  const first = await FakeClamd.start();
  await using plugin = await startWith([serverAt(first), serverAt(second)]);
  await first[Symbol.asyncDispose]();
  assert.equal((await plugin.inspect(messageOf([eicar]))).kind, 'block');
});

test('a message that breaks two servers is not given to a third', async () => {
  const breaking: ScanScript = (peer) => peer.answer('');
  await using a = await FakeClamd.start({ script: breaking });
  await using b = await FakeClamd.start({ script: breaking });
  await using c = await FakeClamd.start({ script: saysClean });
  await using plugin = await startWith([serverAt(a), serverAt(b), serverAt(c)]);
  const verdict = await plugin.inspect(messageOf(large));
  assert.ok(verdict.kind === 'tempfail');
  assert.match(verdict.reason, /^clamd closed the connection/);
  assert.deepEqual([a.scans, b.scans, c.scans], [1, 1, 0]);
});

test('when nobody is there the message is deferred, with all reasons', async () => {
  await using plugin = await startWith([nowhere, { socket: '/nonexistent/other.sock' }]);
  const verdict = await plugin.inspect(messageOf(large));
  assert.ok(verdict.kind === 'tempfail');
  assert.match(verdict.reason, /^clamd cannot be reached: .*clamd\.sock: .*ENOENT.*other\.sock: /);
});

for (const reply of [
  'stream: OK\0',
  'stream: Eicar FOUND\0',
  'INSTREAM size limit exceeded. ERROR\0',
  'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0',
]) {
  test(`${JSON.stringify(reply)} is a last word: no other server is asked`, async () => {
    await using first = await FakeClamd.start({ script: answering(reply) });
    await using second = await FakeClamd.start({ script: saysClean });
    await using plugin = await startWith([serverAt(first), serverAt(second)]);
    assert.notEqual((await plugin.inspect(messageOf(large))).kind, 'tempfail');
    assert.equal(second.scans, 0);
  });
}

test('a server that breaks at a part is followed by one that scans message and parts', async () => {
  await using first = await FakeClamd.start();
  first.script = async (peer) => {
    await peer.message();
    peer.answer(first.scans === 1 ? 'stream: OK\0' : '');
  };
  await using second = await FakeClamd.start({ script: scans });
  await using plugin = await startWith([serverAt(first), serverAt(second)]);
  const otherReadings = [{ path: '1', content: [eicar] }];
  const verdict = await plugin.inspect(messageOf(large, { otherReadings }));
  assert.equal(verdict.kind, 'block');
  // A connection that was used before may merely have been closed: once more on a new one.
  assert.deepEqual([first.scans, second.scans], [3, 2]);
});

test('a clamd that would not wait for a slow message gets it again when it is there', async () => {
  await using fake = await FakeClamd.start();
  const gaveUp = Promise.withResolvers<void>();
  fake.script = async (peer) => {
    if (fake.scans > 1) return await scans(peer);
    await peer.piece();
    peer.say('COMMAND READ TIMED OUT\n');
    await peer.closed();
    gaveUp.resolve();
  };
  await using plugin = await startWith([serverAt(fake)]);
  // Every reader waits for the octets that are on their way, as with the real view.
  const slow = {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from('first half');
      await gaveUp.promise;
      yield eicar;
    },
  };
  const verdict = await plugin.inspect(messageOf(slow));
  assert.equal(verdict.kind, 'block');
  assert.equal(fake.scans, 2);
});

test('a clamd that has no patience at all defers the message in the end', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.piece();
      peer.say('COMMAND READ TIMED OUT\n');
      await peer.closed();
    },
  });
  await using plugin = await startWith([serverAt(fake)]);
  assert.equal((await plugin.inspect(messageOf(large))).kind, 'tempfail');
  assert.equal(fake.scans, 2);
});

test('the deadline holds for the second server as well', async () => {
  const deadline = new AbortController();
  await using first = await FakeClamd.start({ script: answering('') });
  await using second = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      deadline.abort();
      await peer.closed();
    },
  });
  await using plugin = await startWith([serverAt(first), serverAt(second)]);
  const verdict = await plugin.inspect(messageOf(large, { signal: deadline.signal }));
  assert.deepEqual(verdict, { kind: 'tempfail', reason: 'the scan was given up' });
});

test('a server that only answers questions gets no more messages after three, until it has rested', async () => {
  const clock = new FakeClock();
  await using first = await FakeClamd.start({ script: answering('\0') });
  await using second = await FakeClamd.start({ script: scans });
  await using plugin = await startPlugin(
    { servers: [serverAt(first), serverAt(second)], strategy: 'first' },
    { clock },
  );
  for (let count = 0; count < 5; count++) {
    assert.equal((await plugin.inspect(messageOf([eicar]))).kind, 'block');
  }
  assert.deepEqual([first.scans, second.scans], [3, 5]);
});

test('thirty messages at once: no server gets more than its share at a time', async () => {
  const running = { a: 0, b: 0 };
  const most = { a: 0, b: 0 };
  const counting =
    (name: 'a' | 'b'): ScanScript =>
    async (peer) => {
      running[name] += 1;
      most[name] = Math.max(most[name], running[name]);
      const message = await peer.message();
      running[name] -= 1;
      peer.answer(message.includes(eicar) ? 'stream: Eicar FOUND\0' : 'stream: OK\0');
    };
  await using a = await FakeClamd.start({ script: counting('a') });
  await using b = await FakeClamd.start({ script: counting('b') });
  await using plugin = await startPlugin({
    servers: [
      { ...serverAt(a), max_concurrent: 2 },
      { ...serverAt(b), max_concurrent: 3 },
    ],
  });
  const verdicts = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      plugin.inspect(messageOf([...large.slice(0, 4), index % 3 === 0 ? eicar : virusless])),
    ),
  );
  assert.equal(verdicts.filter(({ kind }) => kind === 'block').length, 10);
  assert.equal(verdicts.filter(({ kind }) => kind === 'pass').length, 20);
  assert.equal(a.scans + b.scans, 30);
  assert.ok(most.a <= 2 && most.b <= 3 && a.scans > 0 && b.scans > 0);
});

const virusless = Buffer.from('harmless');

test('scans, octets, failures and how busy it is are metrics of each server', async () => {
  const metrics = new RecordingMetrics();
  await using first = await FakeClamd.start({ script: answering('') });
  await using second = await FakeClamd.start({ script: scans });
  await using plugin = await startWith([serverAt(first), serverAt(second)], {}, metrics);
  await plugin.inspect(messageOf([eicar]));
  await plugin.inspect(messageOf([virusless]));
  const [a, b] = [first, second].map(({ address }) => String(address));
  assert.ok(a !== undefined && b !== undefined);
  const scansOf = (server: string, result: string) =>
    metrics.value('scans_total', { server, result });
  assert.equal(scansOf(a, 'failed'), 2);
  assert.equal(scansOf(b, 'infected'), 1);
  assert.equal(scansOf(b, 'clean'), 1);
  assert.equal(
    metrics.value('scanned_octets_total', { server: b }),
    eicar.length + virusless.length,
  );
  assert.equal(metrics.value('scan_seconds', { server: b }), 2);
  assert.equal(metrics.value('busy', { server: b }), 0);
  assert.equal(metrics.value('up', { server: b }), 1);
});

test('the cache key names all versions that may judge', async () => {
  await using first = await FakeClamd.start();
  await using second = await FakeClamd.start({
    version: 'ClamAV 1.4.6/27501/Tue Nov  3 09:12:33 2026\n',
  });
  await using plugin = await startWith([serverAt(first), serverAt(second)]);
  assert.equal(plugin.cacheKey?.(), 'clamav/1.4.6/27500+1.4.6/27501');
});
