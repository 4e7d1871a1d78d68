import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { assembleEicar } from '../../../src/demo/eicar.ts';
import { clamdMissing, startClamd } from '../../helpers/clamd.ts';
import { needs } from '../../helpers/requirement.ts';
import { FakeClamd, type ScanScript } from './fake-clamd.ts';
import { messageOf } from './message.ts';
import { startPlugin } from './running-plugin.ts';

const letter = (text: string) => messageOf([Buffer.from(text)]);
const scans: ScanScript = async (peer) => {
  const content = String(await peer.message());
  peer.answer(content.includes('VIRUS') ? 'stream: Found.It FOUND\0' : 'stream: OK\0');
};

test('scans follow one another on one connection, whatever they find', async () => {
  await using fake = await FakeClamd.start({ script: scans });
  await using plugin = await startPlugin({ socket: fake.address });
  for (const [text, kind] of [
    ['a', 'pass'],
    ['VIRUS', 'block'],
    ['b', 'pass'],
  ] as const) {
    assert.equal((await plugin.inspect(letter(text))).kind, kind);
  }
  assert.deepEqual([fake.scans, fake.sessions], [3, 1]);
});

test('messages at the same time have each a connection of its own', async () => {
  const all = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start();
  fake.script = async (peer) => {
    if (fake.scans === 3) all.resolve();
    await all.promise;
    await scans(peer);
  };
  await using plugin = await startPlugin({ socket: fake.address });
  const texts = ['a', 'VIRUS', 'b'];
  const verdicts = await Promise.all(texts.map((text) => plugin.inspect(letter(text))));
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['pass', 'block', 'pass'],
  );
  assert.equal(fake.sessions, 3);
});

test('a connection that clamd closes while it is idle is not missed', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await scans(peer);
      peer.socket.end();
      await once(peer.socket, 'close');
    },
  });
  await using plugin = await startPlugin({ socket: fake.address });
  for (let count = 0; count < 5; count++) {
    assert.deepEqual(await plugin.inspect(letter('a')), { kind: 'pass' });
  }
});

test('a connection that clamd closes upon the next question is followed by a new one', async () => {
  await using fake = await FakeClamd.start();
  fake.script = async (peer) => {
    if (fake.scans === 2) peer.socket.destroy();
    else await scans(peer);
  };
  await using plugin = await startPlugin({ socket: fake.address });
  assert.deepEqual(await plugin.inspect(letter('a')), { kind: 'pass' });
  assert.equal((await plugin.inspect(letter('VIRUS'))).kind, 'block');
  assert.deepEqual([fake.scans, fake.sessions], [3, 2]);
});

test('a message upon which every connection is closed is deferred after few attempts', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      const content = String(await peer.message());
      if (content === 'poison') peer.socket.destroy();
      else peer.answer('stream: OK\0');
    },
  });
  await using plugin = await startPlugin({ socket: fake.address });
  assert.deepEqual(await plugin.inspect(letter('a')), { kind: 'pass' });
  assert.equal((await plugin.inspect(letter('poison'))).kind, 'tempfail');
  assert.equal(fake.scans, 3);
});

for (const [name, reply] of [
  ['under another number', '7: stream: OK\0'],
  ['under the number of the scan before', '1: stream: OK\0'],
  ['without a number', 'stream: OK\0'],
  ['twice', '2: stream: OK\x002: stream: OK\0'],
] as const) {
  test(`an OK ${name} lets nothing pass, and its connection is not used again`, async () => {
    await using fake = await FakeClamd.start();
    fake.script = async (peer) => {
      if (fake.scans !== 2) return await scans(peer);
      await peer.message();
      peer.socket.write(reply);
    };
    await using plugin = await startPlugin({ socket: fake.address });
    assert.deepEqual(await plugin.inspect(letter('a')), { kind: 'pass' });
    assert.equal((await plugin.inspect(letter('b'))).kind, 'tempfail');
    assert.deepEqual(await plugin.inspect(letter('c')), { kind: 'pass' });
    assert.equal(fake.sessions, 2);
  });
}

test('an OK that comes before the question lets nothing pass', async () => {
  await using fake = await FakeClamd.start();
  fake.script = async (peer) => {
    await peer.message();
    if (fake.scans === 1) peer.socket.write('1: stream: OK\x002: stream: OK\0');
    else peer.answer('stream: Found.It FOUND\0');
  };
  await using plugin = await startPlugin({ socket: fake.address });
  assert.equal((await plugin.inspect(letter('a'))).kind, 'tempfail');
  assert.equal((await plugin.inspect(letter('VIRUS'))).kind, 'block');
});

test('a real clamd answers hundreds of scans on few connections', async (t) => {
  if (!needs(t, clamdMissing())) return;
  await using clamd = await startClamd();
  await using plugin = await startPlugin({ socket: clamd.socketPath, max_concurrent: 4 });
  const kinds = await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const isInfected = index % 3 === 0;
      const text = `Subject: ${index}\r\n\r\n${isInfected ? assembleEicar() : 'hello'}`;
      const { kind } = await plugin.inspect(letter(text));
      return kind === (isInfected ? 'block' : 'pass');
    }),
  );
  assert.ok(kinds.every((isRight) => isRight));
});
