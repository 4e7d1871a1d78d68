import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import {
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  connect as tlsConnect,
} from 'node:tls';
import {
  acceptTls,
  connectTls,
  refusePendingPlaintext,
  tlsFactsOf,
} from '../../src/tls/upgrade.ts';
import {
  clientHello,
  ellipticExtensions,
  recordsOf,
  serverNameExtension,
} from '../helpers/client-hello.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { connectSocketPair } from '../helpers/socket-pair.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const clock = new FakeClock();
const certificates = makeTestCertificates();
const secureContext = createSecureContext({
  cert: certificates.server.certPem,
  key: certificates.server.keyPem,
});
const source = { contextFor: () => secureContext };
const trust = { ca: certificates.caPem, host: 'localhost', servername: 'localhost' };

test('both ends agree on what was negotiated', async () => {
  await using pair = await connectSocketPair();
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
  await using pair = await connectSocketPair();
  refusePendingPlaintext(pair.near, 0, 'client');
  for (const fault of ['client', 'upstream'] as const) {
    assert.throws(() => refusePendingPlaintext(pair.near, 1, fault), {
      code: 'TLS_PLAINTEXT_PENDING',
      fault,
    });
  }
});

test('octets that wait in the socket are refused', async () => {
  await using pair = await connectSocketPair();
  pair.far.write('CAPA\r\n');
  await once(pair.near, 'readable');
  assert.throws(() => refusePendingPlaintext(pair.near, 0, 'client'), {
    code: 'TLS_PLAINTEXT_PENDING',
  });
});

test('a client that sends something else than a handshake is refused', async () => {
  await using pair = await connectSocketPair();
  pair.far.write('USER bob\r\nPASS secret\r\n');
  await assert.rejects(acceptTls(pair.near, source, clock), {
    code: 'TLS_FAILED',
    fault: 'client',
  });
  assert.ok(pair.near.destroyed);
});

test('a peer that leaves during the handshake is a failure of it', async () => {
  await using client = await connectSocketPair();
  const accepting = acceptTls(client.near, source, clock);
  client.far.destroy();
  await assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' });

  await using upstream = await connectSocketPair();
  const connecting = connectTls({ ...trust, socket: upstream.far });
  upstream.near.destroy();
  await assert.rejects(connecting, { code: 'TLS_FAILED', fault: 'upstream' });
});

test('a client that never answers the handshake is given up', async () => {
  await using pair = await connectSocketPair();
  const waiting = new FakeClock();
  const accepting = acceptTls(pair.near, source, waiting);
  await Promise.all([
    assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' }),
    waiting.advance(60_000),
  ]);
  assert.equal(waiting.timers, 0);
});

test('a certificate that is not trusted fails the handshake with its reason', async () => {
  await using pair = await connectSocketPair();
  acceptTls(pair.near, source, clock).catch(() => {});
  const connecting = connectTls({ ...trust, ca: [], socket: pair.far });
  await assert.rejects(
    connecting,
    ({ code, cause }) => code === 'TLS_FAILED' && cause.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  );
});

test('a record that was tampered with ends the connection', async () => {
  await using pair = await connectSocketPair();
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

/** The octets with which a client begins, taken from Node's own. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  await using pair = await connectSocketPair();
  const client = tlsConnect({ ...trust, ...options, socket: pair.far });
  client.on('error', () => {});
  const [chunk]: Buffer[] = await once(pair.near, 'data');
  assert.ok(chunk);
  return chunk;
}

test('a hello that comes octet by octet is a hello', async () => {
  await using pair = await connectSocketPair();
  await using relayed = await connectSocketPair();
  const accepting = acceptTls(pair.near, source, clock);
  relayed.near.on('data', (chunk: Buffer) => {
    for (const octet of chunk) pair.far.write(Buffer.of(octet));
  });
  pair.far.on('data', (chunk: Buffer) => relayed.near.write(chunk));
  const client = await connectTls({ ...trust, socket: relayed.far });
  const { facts } = await accepting;
  assert.equal(facts.serverName, 'localhost');
  client.destroy();
});

test('a client that stalls in the middle of its hello is given up', async () => {
  await using pair = await connectSocketPair();
  const waiting = new FakeClock();
  const accepting = acceptTls(pair.near, source, waiting);
  pair.far.write((await helloOf({})).subarray(0, 100));
  await Promise.all([
    assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' }),
    waiting.advance(60_000),
  ]);
  assert.equal(waiting.timers, 0);
  assert.ok(pair.near.destroyed);
});

test('a client is given up while its certificate is being made', async () => {
  await using pair = await connectSocketPair();
  const waiting = new FakeClock();
  const { promise: never } = Promise.withResolvers<SecureContext>();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const slow = {
    contextFor: () => {
      resolve();
      return never;
    },
  };
  const accepting = acceptTls(pair.near, slow, waiting);
  pair.far.write(await helloOf({}));
  await asked;
  await Promise.all([
    assert.rejects(accepting, { code: 'TLS_FAILED', fault: 'client' }),
    waiting.advance(60_000),
  ]);
});

test('a client that resets its connection while its certificate is being made harms nobody', async () => {
  await using pair = await connectSocketPair();
  pair.near.removeAllListeners('error');
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: made, resolve: make } = Promise.withResolvers<SecureContext>();
  const slow = {
    contextFor: () => {
      ask();
      return made;
    },
  };
  const accepting = assert.rejects(acceptTls(pair.near, slow, clock), { code: 'TLS_FAILED' });
  pair.far.write(await helloOf({}));
  await asked;
  const closed = new Promise((resolve) => pair.near.once('close', resolve));
  pair.far.resetAndDestroy();
  await closed;
  make(secureContext);
  await accepting;
});

test('names that are none do not fail the handshake, but for those that OpenSSL refuses', async () => {
  for (const [name, isRefused] of [
    [Buffer.from('192.0.2.1'), false],
    [Buffer.from('a'.repeat(255)), false],
    [Buffer.from('a'.repeat(256)), true],
    [Buffer.from('pop.example\0.evil'), true],
  ] as const) {
    await using pair = await connectSocketPair();
    const asked: (string | undefined)[] = [];
    const noting = {
      contextFor(serverName: string | undefined) {
        asked.push(serverName);
        return secureContext;
      },
    };
    const accepting = acceptTls(pair.near, noting, clock).catch(() => {});
    pair.far.write(recordsOf(clientHello([serverNameExtension(name), ...ellipticExtensions])));
    const [answer]: Buffer[] = await once(pair.far, 'data');
    // An alert, or the next step of the handshake.
    assert.equal(answer?.[0], isRefused ? 21 : 22, name.toString('latin1'));
    assert.deepEqual(asked, [undefined]);
    pair.far.destroy();
    await accepting;
  }
});

test('POP3 is spoken, and whoever wants to speak something else is told so', async () => {
  await using pair = await connectSocketPair();
  const accepting = acceptTls(pair.near, source, clock);
  const spoken = await connectTls({ ...trust, socket: pair.far, ALPNProtocols: ['h2', 'pop3'] });
  assert.equal(spoken.alpnProtocol, 'pop3');
  await accepting;

  await using other = await connectSocketPair();
  const refusing = acceptTls(other.near, source, clock);
  const refused = connectTls({ ...trust, socket: other.far, ALPNProtocols: ['h2', 'http/1.1'] });
  await Promise.all([
    assert.rejects(refusing, { code: 'TLS_FAILED' }),
    assert.rejects(
      refused,
      ({ cause }) => cause.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    ),
  ]);
});
