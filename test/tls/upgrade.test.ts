import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { createSecureContext, connect as tlsConnect } from 'node:tls';
import {
  acceptTls,
  connectTls,
  refusePendingPlaintext,
  tlsFactsOf,
} from '../../src/tls/upgrade.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const clock = new FakeClock();
const certificates = makeTestCertificates();
const secureContext = createSecureContext({
  cert: certificates.server.certPem,
  key: certificates.server.keyPem,
});
const source = { contextFor: () => secureContext };
const trust = { ca: certificates.caPem, host: 'localhost', servername: 'localhost' };

interface Pair extends AsyncDisposable {
  readonly near: Socket;
  readonly far: Socket;
}

/** Both ends of one TCP connection. */
async function connectedPair(): Promise<Pair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const far = connect(address.port, '127.0.0.1');
  const [near]: Socket[] = await once(server, 'connection');
  assert.ok(near);
  for (const socket of [near, far]) socket.on('error', () => {});
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('both ends agree on what was negotiated', async () => {
  await using pair = await connectedPair();
  const [accepted, connected] = await Promise.all([
    acceptTls(pair.near, source, clock),
    connectTls({ ...trust, socket: pair.far }),
  ]);
  assert.deepEqual(accepted.facts, { ...tlsFactsOf(connected), serverName: 'localhost' });
  assert.equal(accepted.facts.protocol, 'TLSv1.3');
  connected.write('hello');
  assert.equal(String((await once(accepted.socket, 'data'))[0]), 'hello');
});

test('octets that wait in the reader are refused on either leg', async () => {
  await using pair = await connectedPair();
  refusePendingPlaintext(pair.near, 0, 'client');
  for (const fault of ['client', 'upstream'] as const) {
    assert.throws(() => refusePendingPlaintext(pair.near, 1, fault), {
      code: 'TLS_PLAINTEXT_PENDING',
      fault,
    });
  }
});

test('octets that wait in the socket are refused', async () => {
  await using pair = await connectedPair();
  pair.far.write('CAPA\r\n');
  await once(pair.near, 'readable');
  assert.throws(() => refusePendingPlaintext(pair.near, 0, 'client'), {
    code: 'TLS_PLAINTEXT_PENDING',
  });
});

test('a client that sends something else than a handshake is refused', async () => {
  await using pair = await connectedPair();
  pair.far.write('USER bob\r\nPASS secret\r\n');
  await assert.rejects(acceptTls(pair.near, source, clock), {
    code: 'TLS_FAILED',
    fault: 'client',
  });
  assert.ok(pair.near.destroyed);
});

test('a peer that leaves during the handshake is a failure of it', async () => {
  await using client = await connectedPair();
  const accepting = acceptTls(client.near, source, clock);
  client.far.destroy();
  await assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' });

  await using upstream = await connectedPair();
  const connecting = connectTls({ ...trust, socket: upstream.far });
  upstream.near.destroy();
  await assert.rejects(connecting, { code: 'TLS_FAILED', fault: 'upstream' });
});

test('a client that never answers the handshake is given up', async () => {
  await using pair = await connectedPair();
  const waiting = new FakeClock();
  const accepting = acceptTls(pair.near, source, waiting);
  await Promise.all([
    assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' }),
    waiting.advance(60_000),
  ]);
  assert.equal(waiting.timers, 0);
});

test('a certificate that is not trusted fails the handshake with its reason', async () => {
  await using pair = await connectedPair();
  acceptTls(pair.near, source, clock).catch(() => {});
  const connecting = connectTls({ ...trust, ca: [], socket: pair.far });
  await assert.rejects(
    connecting,
    ({ code, cause }) => code === 'TLS_FAILED' && cause.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
});

test('a record that was tampered with ends the connection', async () => {
  await using pair = await connectedPair();
  const client = tlsConnect({ ...trust, socket: pair.far });
  client.on('error', () => {});
  const { socket: accepted } = await acceptTls(pair.near, source, clock);
  accepted.on('error', () => {});
  client.write('hello');
  await once(accepted, 'data');
  const over = new Promise<void>((resolve) => accepted.once('close', () => resolve()));
  // An application record of 32 octets that were never encrypted.
  pair.far.write(Buffer.concat([Buffer.of(0x17, 3, 3, 0, 32), Buffer.alloc(32)]));
  await over;
  assert.ok(accepted.destroyed);
});
