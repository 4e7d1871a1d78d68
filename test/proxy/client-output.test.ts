import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { ClientOutput } from '../../src/proxy/client-output.ts';
import { settled } from '../helpers/fake-clock.ts';
import { withCode } from '../helpers/pipeline.ts';
import { RecordingSocket } from '../helpers/recording-socket.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

test('pieces arrive in order', async () => {
  const socket = new RecordingSocket();
  const output = new ClientOutput(socket.asSocket);
  await output.write([Buffer.from('+OK\r\n'), Buffer.from('a')]);
  output.writeNow([Buffer.from('b')]);
  await output.room();
  assert.equal(socket.written.toString(), '+OK\r\nab');
});

test('a writer waits for a client that does not take what it was sent', async () => {
  const socket = new RecordingSocket();
  const output = new ClientOutput(socket.asSocket);
  socket.stall();
  let isDone = false;
  const writing = output.write([Buffer.alloc(200_000)])?.then(() => {
    isDone = true;
  });
  assert.notEqual(writing, undefined);
  await settled();
  assert.equal(isDone, false);
  socket.release();
  await writing;
  assert.equal(socket.listenerCount('drain'), 0);
  assert.equal(socket.listenerCount('close'), 0);
});

test('a writer that waits learns that the client is gone', async () => {
  const socket = new RecordingSocket();
  const output = new ClientOutput(socket.asSocket);
  socket.stall();
  const writing = assert.rejects(
    async () => output.write([Buffer.alloc(200_000)]),
    withCode('CLIENT_GONE'),
  );
  await settled();
  socket.destroy();
  await writing;
  assert.throws(() => output.writeNow([Buffer.from('x')]), withCode('CLIENT_GONE'));
  await assert.rejects(output.room(), withCode('CLIENT_GONE'));
});

test('an orderly end lets everything arrive, and happens once', async () => {
  const socket = new RecordingSocket();
  const output = new ClientOutput(socket.asSocket);
  await output.write([Buffer.from('a')]);
  output.end(Buffer.from('b'));
  output.end(Buffer.from('c'));
  await settled();
  assert.equal(socket.written.toString(), 'ab');
  assert.equal(socket.wasEnded, true);
  assert.equal(socket.wasReset, false);
});

/** Both ends of a connection over loopback. */
async function connected(serve: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP address');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

test('a cut connection cannot be taken for one that ended well', async () => {
  await using server = await connected((socket) => {
    socket.write('half', () => new ClientOutput(socket).cut());
  });
  const { connect } = await import('node:net');
  const client = connect(server.port, '127.0.0.1');
  let isEnded = false;
  client.on('data', () => {});
  client.on('end', () => {
    isEnded = true;
  });
  const [error] = await once(client, 'error');
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(isEnded, false);
});

test('a connection under TLS is cut too', async () => {
  const { server: certificate, caPem } = makeTestCertificates();
  await using server = await connected((socket) => {
    const secured = new TLSSocket(socket, {
      isServer: true,
      cert: certificate.certPem,
      key: certificate.keyPem,
    });
    secured.on('error', () => {});
    secured.on('secure', () => {
      secured.write('half', () => new ClientOutput(secured).cut());
    });
  });
  const client = connectTls({
    port: server.port,
    host: '127.0.0.1',
    ca: caPem,
    servername: 'localhost',
  });
  client.on('error', () => {});
  client.resume();
  await once(client, 'close');
});
