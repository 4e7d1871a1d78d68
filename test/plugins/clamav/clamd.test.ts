import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Clamd } from '../../../plugins/clamav/clamd.ts';
import { temporaryFolder } from '../../helpers/process.ts';
import { FakeClamd } from './fake-clamd.ts';

const patience = new AbortController().signal;

function clamdAt(address: FakeClamd['address'], connectTimeoutMs = 60_000): Promise<Clamd> {
  return Clamd.create(
    typeof address === 'string' ? { kind: 'unix', path: address } : { kind: 'tcp', ...address },
    connectTimeoutMs,
  );
}

/** Accepts, and then does as `serve` says. */
async function strangeServer(serve: (socket: Socket) => void) {
  const folder = await temporaryFolder('strange-clamd');
  const path = join(folder.path, 'clamd.sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

for (const at of ['unix', 'tcp'] as const) {
  test(`the version is asked for over ${at}`, async () => {
    await using fake = await FakeClamd.start({ at, version: 'ClamAV 9.9.9/1/x\n' });
    const clamd = await clamdAt(fake.address);
    assert.equal(await clamd.version(), 'ClamAV 9.9.9/1/x\n');
  });
}

test('setting up needs no clamd; asking one that is not there fails', async () => {
  const clamd = await clamdAt('/nonexistent/clamd.sock');
  await assert.rejects(clamd.version(), { code: 'ENOENT' });
  await assert.rejects(clamd.connect(patience), { code: 'ENOENT' });
});

test('a clamd that takes the connection and says nothing does not hold up the question', async () => {
  await using silent = await strangeServer(() => {});
  const clamd = await clamdAt(silent.path, 50);
  await assert.rejects(clamd.version(), /did not answer in time/);
});

test('one that is no clamd is found out', async () => {
  await using stranger = await strangeServer((socket) => socket.end('220 ready\r\n'));
  const clamd = await clamdAt(stranger.path);
  await assert.rejects(clamd.version());
  await using mute = await strangeServer((socket) => socket.end());
  await assert.rejects((await clamdAt(mute.path)).version());
});

test('the time limit of the connection does not end a scan', async () => {
  await using fake = await FakeClamd.start();
  const clamd = await clamdAt(fake.address, 50);
  const socket = await clamd.connect(patience);
  assert.equal(socket.timeout, 0);
  assert.equal(socket.listenerCount('timeout'), 0);
  socket.destroy();
});

test('an aborted signal makes no connection', async () => {
  await using fake = await FakeClamd.start();
  const clamd = await clamdAt(fake.address);
  await assert.rejects(clamd.connect(AbortSignal.abort(new Error('gone'))), /gone/);
});

test('an abort while connecting leaves no connection behind', async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await strangeServer((socket) => {
    socket.once('close', () => ended.resolve());
    socket.resume();
  });
  const clamd = await clamdAt(server.path);
  const controller = new AbortController();
  const connecting = clamd.connect(controller.signal);
  controller.abort(new Error('gone'));
  await assert.rejects(connecting, /gone/);
  await ended.promise;
});

test('close cuts the connections that are open', async () => {
  await using fake = await FakeClamd.start({ script: () => {} });
  const clamd = await clamdAt(fake.address);
  const socket = await clamd.connect(patience);
  clamd.close();
  assert.ok(socket.destroyed);
});

test('a connection that is still being made when clamd is closed is cut as well', async () => {
  const ended = Promise.withResolvers<void>();
  await using server = await strangeServer((socket) => {
    socket.once('close', () => ended.resolve());
    socket.resume();
  });
  const clamd = await clamdAt(server.path);
  const connecting = clamd.connect(patience);
  clamd.close();
  await assert.rejects(connecting, /shut down/);
  await ended.promise;
});
