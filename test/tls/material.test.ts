import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer, type SecureContext, connect as tlsConnect } from 'node:tls';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { ListenerConfig } from '../../src/config/schema.ts';
import { loadListenerMaterial } from '../../src/tls/material.ts';
import { randomTicketKeys } from '../../src/tls/ticket-keys.ts';
import { acceptTls } from '../../src/tls/upgrade.ts';
import { certificates } from '../upstream/target.ts';

let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-material-'));
  const { certPem, keyPem } = certificates.server;
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
  const lockedPem = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'pem', ...cipher });
  await writeFile(join(folder, 'cert.pem'), certPem);
  await writeFile(join(folder, 'key.pem'), keyPem);
  await writeFile(join(folder, 'locked-key.pem'), lockedPem);
  await writeFile(join(folder, 'other-key.pem'), certificates.expired.keyPem);
});

after(() => rm(folder, { recursive: true }));

const keys = randomTicketKeys();

const listener: ListenerConfig = {
  name: 'test',
  address: '127.0.0.1',
  port: 0,
  tls: 'stls',
  networks: undefined,
  certificates: [],
  plainLogin: 'allowed',
  tlsProfile: 'intermediate',
  minTlsVersion: 'TLSv1.2',
  maxSessions: 10,
  proxyProtocol: undefined,
  banner: 'ready',
  announce: { host: undefined, port: undefined, tls: undefined },
};

function withFiles(keyName: string, passphrase?: Secret): ListenerConfig {
  const certificate = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, keyName) };
  return { ...listener, certificates: [{ ...certificate, passphrase }] };
}

/** The name on the certificate that a client is shown, and the TLS version agreed on. */
async function shownBy(
  secureContext: SecureContext,
  maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<{ readonly name: string; readonly protocol: string | null }> {
  const server = createServer({ SNICallback: (_name, done) => done(null, secureContext) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const client = tlsConnect({
      port: address.port,
      host: '127.0.0.1',
      servername: 'localhost',
      rejectUnauthorized: false,
      maxVersion,
    });
    await once(client, 'secureConnect');
    const shown = { name: client.getPeerCertificate().subject.CN, protocol: client.getProtocol() };
    client.destroy();
    return { ...shown, name: String(shown.name) };
  } finally {
    server.close();
  }
}

test('a listener without TLS needs no certificate', async () => {
  assert.equal(
    await loadListenerMaterial({ ...listener, tls: 'none' }, { ticketKeys: keys }),
    undefined,
  );
});

test('a listener shows the certificate of its files', async () => {
  const material = await loadListenerMaterial(withFiles('key.pem'), { ticketKeys: keys });
  assert.ok(material);
  assert.ok(material.files);
  assert.equal((await shownBy(await material.tls.contextFor(undefined))).name, 'localhost');
});

test('a key under a passphrase is opened with it, and with no other', async () => {
  const right = withFiles('locked-key.pem', Secret.fromText('open sesame'));
  assert.ok(await loadListenerMaterial(right, { ticketKeys: keys }));
  await assert.rejects(
    loadListenerMaterial(withFiles('locked-key.pem', Secret.fromText('sesame')), {
      ticketKeys: keys,
    }),
    (error) => error instanceof Error && !error.message.includes('sesame'),
  );
});

test('a key that does not belong to the certificate, or is not there, is refused', async () => {
  await assert.rejects(
    loadListenerMaterial(withFiles('other-key.pem'), { ticketKeys: keys }),
    /key/i,
  );
  await assert.rejects(loadListenerMaterial(withFiles('missing.pem'), { ticketKeys: keys }), {
    code: 'ENOENT',
  });
});

test('without files a certificate is made, and marked as such', async () => {
  const material = await loadListenerMaterial(listener, { ticketKeys: keys });
  assert.ok(material !== undefined && material.files === undefined);
  const shown = await shownBy(await material.tls.contextFor(undefined));
  assert.equal(shown.name, 'Postern development');
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a client can resume for a day over ${version}`, async () => {
    const material = await loadListenerMaterial(listener, { ticketKeys: keys });
    assert.ok(material !== undefined);
    const server = createTcpServer((socket) => {
      void acceptTls(socket, material.tls, systemClock).then(({ socket: secured }) => {
        secured.on('error', () => {}).write('ready');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = tlsConnect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      servername: 'localhost',
      rejectUnauthorized: false,
      maxVersion: version,
    });
    const [session] = (await once(client.resume(), 'session')) as [Buffer];
    client.destroy();
    server.close();
    // OpenSSL writes a session in ASN.1, the seconds that its ticket is good for with the tag 9.
    const dayOfTicket = Buffer.from([0xa9, 5, 2, 3, 0x01, 0x51, 0x80]);
    assert.ok(session.includes(dayOfTicket), session.toString('hex'));
  });
}
