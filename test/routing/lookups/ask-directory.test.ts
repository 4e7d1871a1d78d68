import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import { askDirectory } from '../../../src/routing/lookups/ask-directory.ts';
import { FakeClock, settled } from '../../helpers/fake-clock.ts';
import { withCode } from '../../helpers/pipeline.ts';

const never = new AbortController().signal;
const question = {
  credentials: { user: Buffer.from('ann'), password: Secret.fromText('secret') },
  clientAddress: '192.0.2.1',
  attempt: 1,
  tls: undefined,
};

/** A server that does this with each connection. */
async function startServer(serve: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return {
    directory: {
      url: `http://127.0.0.1:${address.port}/auth`,
      header: { name: 'X-Auth-Key', value: Secret.fromText('key') },
      timeoutMs: 1000,
    },
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const good = 'Auth-Status: OK\r\nAuth-Server: 192.0.2.7\r\nAuth-Port: 110\r\n';

test('only the header of an answer is read, whatever its status and however long its body', async () => {
  let sent = '';
  await using server = await startServer((socket) => {
    socket.on('data', (octets) => {
      sent += octets.toString('latin1');
      // No end of the body ever comes.
      socket.write(`HTTP/1.1 500 Oh\r\nContent-Length: 99999999\r\n${good}\r\nbody`);
    });
  });
  const answer = await askDirectory(server.directory, question, systemClock, never);
  assert.equal(answer.kind === 'found' && answer.host, '192.0.2.7');
  assert.match(sent, /^GET \/auth HTTP\/1\.1\r\n/);
  assert.match(sent, /\r\nX-Auth-Key: key\r\n/);
});

const bad: Readonly<Record<string, string>> = {
  'an answer without a status': 'HTTP/1.0 200 OK\r\n\r\n',
  'a header without end': `HTTP/1.0 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n${good}\r\n`,
  'no HTTP at all': '+OK hello\r\n',
};
for (const [what, text] of Object.entries(bad)) {
  test(`${what} makes the login fail for now`, async () => {
    await using server = await startServer((socket) => socket.end(text));
    const asked = askDirectory(server.directory, question, systemClock, never);
    await assert.rejects(asked, withCode('LOOKUP_FAILED'));
  });
}

test('a directory that says nothing is waited for no longer than configured', async () => {
  const clock = new FakeClock();
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  await using server = await startServer(() => resolve());
  const asked = askDirectory(server.directory, question, clock, never);
  const failed = assert.rejects(asked, withCode('LOOKUP_FAILED'));
  await connected;
  await settled();
  await clock.advance(1000);
  await failed;
});
