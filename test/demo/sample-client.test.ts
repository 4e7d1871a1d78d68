import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { fingerprint } from '../../src/demo/message-fingerprint.ts';
import { connectSampleClient, type SampleClientOptions } from '../../src/demo/sample-client.ts';
import { buildSampleMailbox } from '../../src/demo/sample-mailbox.ts';
import { type SampleTransport, startSampleServer } from '../../src/demo/sample-server.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';

const silenceMs = 60_000;
const account = { user: 'reader', password: 'secret' };
const samples = buildSampleMailbox();
const request = { commonName: 'demo', dnsNames: ['localhost'], ipAddresses: [], days: 1 };
const certificate = await createSelfSigned(request);

const legs: readonly [SampleClientOptions['security'], SampleTransport][] = [
  ['plain', { kind: 'plain' }],
  ['stls', { kind: 'stls', certificate }],
  ['implicit', { kind: 'implicit', certificate }],
];

describe('a download without a proxy is identical', () => {
  for (const [security, transport] of legs) {
    test(`over ${security}`, async () => {
      const messages = samples.map(({ name, content }) => ({ uidl: name, content }));
      const server = await startSampleServer({ messages, account, transport });
      try {
        const client = await connectSampleClient({
          address: server.address,
          port: server.port,
          security,
          caPem: certificate.certPem,
          serverName: 'localhost',
          silenceMs,
        });
        await client.login(account);
        const listed = await client.list();
        assert.deepEqual(
          listed.map(({ uidl, octets }) => [uidl, octets]),
          samples.map(({ name, content }) => [name, content.length]),
        );
        for (const { number, uidl } of listed) {
          const received = await client.retrieve(number);
          assert.deepEqual(received, fingerprint(samples[number - 1]!.content), uidl);
        }
        await client.quit();
        const [connection] = server.connections;
        assert.equal(connection?.ending, 'quit');
        assert.equal(connection?.isEncrypted, security !== 'plain');
      } finally {
        await server.stop();
      }
    });
  }
});

/** A server that says its piece to everyone and then closes. */
async function withTalker(script: string, act: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(script);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  try {
    await act(bound.port);
  } finally {
    server.close();
  }
}

function plainTo(port: number) {
  return connectSampleClient({ address: '127.0.0.1', port, security: 'plain', silenceMs });
}

describe('a server that misbehaves', () => {
  test('a refusal is an error that quotes the server', async () => {
    await withTalker('-ERR busy\r\n', async (port) => {
      await assert.rejects(plainTo(port), { code: 'SAMPLE_CLIENT_REFUSED', message: /-ERR busy/ });
    });
  });

  test('+OKAY is no success', async () => {
    await withTalker('+OKAY\r\n', async (port) => {
      await assert.rejects(plainTo(port), { code: 'SAMPLE_CLIENT_REFUSED' });
    });
  });

  test('a message without terminator is an error, even if only its last line end is missing', async () => {
    for (const end of ['', 'half a line', 'text\r\n', 'text\r\n.', 'text\r\n.\r']) {
      await withTalker(`+OK\r\n+OK\r\nSubject: x\r\n\r\n${end}`, async (port) => {
        const client = await plainTo(port);
        await assert.rejects(client.retrieve(1), { code: 'SAMPLE_CLIENT_BROKEN' });
        client.close();
      });
    }
  });

  test('a certificate of another authority is refused', async () => {
    const transport: SampleTransport = { kind: 'implicit', certificate };
    const server = await startSampleServer({ messages: [], account, transport });
    const stranger = await createSelfSigned(request);
    try {
      await assert.rejects(
        connectSampleClient({
          address: server.address,
          port: server.port,
          security: 'implicit',
          caPem: stranger.certPem,
          serverName: 'localhost',
          silenceMs,
        }),
      );
    } finally {
      await server.stop();
    }
  });
});
