import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { type InstreamLimits, instream } from '../../../plugins/clamav/instream.ts';
import { type FakeAddress, FakeClamd, type FakeScan, saysClean } from './fake-clamd.ts';
import { toAsync } from './message.ts';

const patient: InstreamLimits = {
  silenceMs: 600_000,
  maxBytes: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  source: 'arriving',
};

async function connectTo(address: FakeAddress): Promise<Socket> {
  const socket = typeof address === 'string' ? connect(address) : connect(address);
  await once(socket, 'connect');
  return socket;
}

/** One scan and no session. */
const plain = (socket: Socket) => ({ socket, opening: 'zINSTREAM\0', replyPrefix: undefined });

async function scan(
  fake: FakeClamd,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  limits: Partial<InstreamLimits> = {},
) {
  const socket = await connectTo(fake.address);
  const result = await instream(plain(socket), toAsync(content), { ...patient, ...limits });
  assert.ok(socket.destroyed);
  return result;
}

const ok = { kind: 'replied', reply: Buffer.from('stream: OK\0'), phase: 'sent' } as const;

test('any chunking arrives whole, in pieces of 1 octet to 64 KB, ended by a length of 0', async () => {
  let seen: { readonly message: Buffer; readonly prefixes: readonly number[] } | undefined;
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      seen = { message: await peer.message(), prefixes: peer.prefixes };
      peer.answer('stream: OK\0');
    },
  });
  const small = fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets));
  const large = fc
    .integer({ min: 65_530, max: 200_000 })
    .map((length) => Buffer.alloc(length, length % 251));
  const chunks = fc.array(fc.oneof({ weight: 5, arbitrary: small }, large), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(chunks, async (content) => {
      assert.deepEqual(await scan(fake, content), ok);
      assert.ok(seen);
      assert.ok(seen.message.equals(Buffer.concat(content)));
      assert.ok(seen.prefixes.slice(0, -1).every((length) => length >= 1 && length <= 65_536));
      assert.equal(seen.prefixes.at(-1), 0);
    }),
    { numRuns: 25 },
  );
});

test('the scan starts before the message is complete', async () => {
  const arrived = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      assert.equal(String(await peer.piece()), 'first');
      arrived.resolve();
      assert.equal(String(await peer.message()), 'second');
      peer.answer('stream: OK\0');
    },
  });
  async function* content() {
    yield Buffer.from('first');
    await arrived.promise;
    yield Buffer.from('second');
  }
  assert.deepEqual(await scan(fake, content()), ok);
});

for (const [at, maxPulled] of [
  ['unix', 4 * 1024 ** 2],
  ['tcp', 32 * 1024 ** 2],
] as const) {
  test(`a clamd that takes nothing stops the source (${at}), and is given up`, async () => {
    // Deaf, but connected until the scan gives up.
    await using fake = await FakeClamd.start({ at, script: () => {} });
    let pulled = 0;
    function* content() {
      for (; pulled < 128 * 1024 ** 2; pulled += 65_536) yield Buffer.alloc(65_536);
    }
    const result = await scan(fake, content(), { silenceMs: 300 });
    assert.deepEqual(result, { kind: 'broken', reason: 'clamd did not answer in time' });
    assert.ok(pulled < maxPulled, `${pulled} octets were pulled`);
  });
}

test('a clamd that never answers is given up', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      await peer.closed();
    },
  });
  assert.deepEqual(await scan(fake, [Buffer.from('x')], { silenceMs: 50 }), {
    kind: 'broken',
    reason: 'clamd did not answer in time',
  });
});

test('silence while the message is slow to arrive is not held against clamd', async () => {
  await using fake = await FakeClamd.start();
  const socket = await connectTo(fake.address);
  let silences = 0;
  async function* content() {
    for (const text of ['slow', 'mail']) {
      yield Buffer.from(text);
      await once(socket, 'timeout');
      silences += 1;
    }
    // From here on it is clamd's turn.
    socket.setTimeout(600_000);
  }
  const result = await instream(plain(socket), content(), { ...patient, silenceMs: 50 });
  assert.deepEqual(result, ok);
  assert.equal(silences, 2);
});

test('clamd is given up when it is silent after a message that was slow to arrive', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      await peer.closed();
    },
  });
  const socket = await connectTo(fake.address);
  async function* content() {
    yield Buffer.from('slow mail');
    await once(socket, 'timeout');
  }
  assert.deepEqual(await instream(plain(socket), content(), { ...patient, silenceMs: 50 }), {
    kind: 'broken',
    reason: 'clamd did not answer in time',
  });
});

test('an abort ends the scan at once and closes the connection', async () => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      controller.abort();
      await peer.closed();
      closed.resolve();
    },
  });
  assert.deepEqual(await scan(fake, [Buffer.from('x')], { signal: controller.signal }), {
    kind: 'broken',
    reason: 'the scan was given up',
  });
  await closed.promise;
});

test('a scan that is aborted before it begins reads nothing of the message', async () => {
  await using fake = await FakeClamd.start();
  const result = await scan(fake, [], { signal: AbortSignal.abort() });
  assert.deepEqual(result, { kind: 'broken', reason: 'the scan was given up' });
});

test('a reply in the middle of the message ends the scan, and the source is let go', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.piece();
      peer.say('INSTREAM size limit exceeded. ERROR\0');
      await peer.closed();
    },
  });
  const socket = await connectTo(fake.address);
  const released = Promise.withResolvers<void>();
  async function* content() {
    try {
      yield Buffer.from('first');
      await once(socket, 'close');
      yield Buffer.from('more');
      assert.fail('read on after the end');
    } finally {
      released.resolve();
    }
  }
  assert.deepEqual(await instream(plain(socket), content(), patient), {
    kind: 'replied',
    reply: Buffer.from('INSTREAM size limit exceeded. ERROR\0'),
    phase: 'sending',
  });
  await released.promise;
});

test('a source that is stored has been let go before the result is there', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.piece();
      peer.say('INSTREAM size limit exceeded. ERROR\0');
      await peer.closed();
    },
  });
  let state: 'open' | 'let go' = 'open';
  async function* content() {
    try {
      for (let count = 0; count < 1000; count++) yield Buffer.alloc(65_536);
    } finally {
      state = 'let go';
    }
  }
  const result = await scan(fake, content(), { source: 'stored' });
  assert.equal(result.kind, 'replied');
  assert.equal(state, 'let go');
});

test('what clamd says when a message pauses too long is a whole reply, without NUL', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.piece();
      peer.say('COMMAND READ TIMED OUT\n');
      await peer.closed();
    },
  });
  const socket = await connectTo(fake.address);
  async function* content() {
    yield Buffer.from('first half');
    await once(socket, 'close');
  }
  assert.deepEqual(await instream(plain(socket), content(), patient), {
    kind: 'replied',
    reply: Buffer.from('COMMAND READ TIMED OUT\n'),
    phase: 'sending',
  });
});

test('what is sent and when it ends is told', async () => {
  await using fake = await FakeClamd.start();
  const told: (number | 'end')[] = [];
  await scan(fake, [Buffer.alloc(70_000), Buffer.alloc(3)], {
    onSent: (octets) => told.push(octets),
    onEnd: () => told.push('end'),
  });
  assert.deepEqual(told, [65_536, 4464, 3, 'end']);
});

test('a reply is put together from its pieces', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      for (const octet of 'stream: OK\0') {
        await new Promise<void>((resolve) => peer.socket.write(octet, () => resolve()));
      }
      peer.socket.end();
    },
  });
  assert.deepEqual(await scan(fake, [Buffer.from('x')]), ok);
});

test('a complete reply counts although the connection is reset behind it', async () => {
  await using fake = await FakeClamd.start({
    at: 'tcp',
    script: async (peer) => {
      await peer.message();
      peer.socket.write('stream: OK\0', () => peer.reset());
    },
  });
  assert.deepEqual(await scan(fake, [Buffer.from('x')]), ok);
});

const endings: readonly (readonly [string, (peer: FakeScan) => void | Promise<void>, RegExp])[] = [
  ['a reset in the middle of the message', (peer) => peer.reset(), /^clamd closed the connection/],
  ['a close in the middle of the message', (peer) => peer.answer(''), /^clamd closed/],
  [
    'a close without a reply',
    async (peer) => {
      await peer.message();
      peer.answer('');
    },
    /^clamd closed the connection at octet \d+/,
  ],
  [
    'half a reply',
    async (peer) => {
      await peer.message();
      peer.answer('stream: O');
    },
    /^clamd closed the connection in the middle of its reply/,
  ],
  [
    'an OK without its terminator',
    async (peer) => {
      await peer.message();
      peer.answer('stream: OK');
    },
    /^clamd closed the connection in the middle of its reply/,
  ],
];

for (const [name, script, reason] of endings) {
  test(`broken: ${name}`, async () => {
    await using fake = await FakeClamd.start({ at: 'tcp', script });
    const content = Array.from({ length: 64 }, () => Buffer.alloc(65_536));
    const result = await scan(fake, content);
    assert.ok(result.kind === 'broken');
    assert.match(result.reason, reason);
  });
}

test('a reply without end is cut', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      await peer.message();
      peer.say('x'.repeat(100_000));
      await peer.closed();
    },
  });
  const result = await scan(fake, [Buffer.from('x')]);
  assert.ok(result.kind === 'replied');
  assert.ok(!result.reply.includes(0));
});

test('a message that fails on its way is broken, not ended', async () => {
  const ending = Promise.withResolvers<string>();
  await using fake = await FakeClamd.start({
    script: (peer) =>
      peer.message().then(
        () => ending.resolve('terminated'),
        () => ending.resolve('cut off'),
      ),
  });
  async function* content() {
    yield Buffer.from('first half');
    throw new Error('upstream is gone');
  }
  assert.deepEqual(await scan(fake, content()), {
    kind: 'unreadable',
    error: new Error('upstream is gone'),
  });
  assert.equal(await ending.promise, 'cut off');
});

test('a message over the limit is not sent to its end; one of exactly the limit is', async () => {
  await using fake = await FakeClamd.start({ script: saysClean });
  const content = [Buffer.alloc(600), Buffer.alloc(424)];
  assert.deepEqual(await scan(fake, content, { maxBytes: 1023 }), { kind: 'oversize' });
  assert.deepEqual(await scan(fake, content, { maxBytes: 1024 }), ok);
});

test('a reply that begins before the end of the message is early, wherever it ends', async () => {
  await using fake = await FakeClamd.start({
    script: async (peer) => {
      peer.say('stream: O');
      await peer.message();
      peer.answer('K\0');
    },
  });
  const socket = await connectTo(fake.address);
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from('Hello');
    if (socket.bytesRead === 0) await once(socket, 'data');
    yield Buffer.from('.');
  }
  assert.deepEqual(await instream(plain(socket), content(), patient), { ...ok, phase: 'sending' });
});

test('a reply that is there when the message ends is early, although nobody has read it', async () => {
  const said = Promise.withResolvers<void>();
  await using fake = await FakeClamd.start({
    script: (peer) => void peer.socket.write('stream: OK\0', () => said.resolve()),
  });
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from('Hello');
    await said.promise;
  }
  assert.deepEqual(await scan(fake, content()), { ...ok, phase: 'sending' });
});
