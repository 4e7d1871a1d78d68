import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { createSelfSigned } from '../../src/tls/self-signed.ts';

const request = {
  commonName: 'Test',
  dnsNames: ['localhost', 'pop.example'],
  ipAddresses: ['127.0.0.1', '::1'],
  days: 3,
};

test('a certificate that Postern makes carries the names and days asked for', async () => {
  const { certPem, keyPem } = await createSelfSigned(request);
  const certificate = new X509Certificate(certPem);
  for (const name of request.dnsNames) assert.equal(certificate.checkHost(name), name);
  for (const address of request.ipAddresses) assert.ok(certificate.checkIP(address));
  assert.equal(certificate.checkHost('other.example'), undefined);
  const lifeMs = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
  assert.equal(lifeMs, 3 * 86_400_000);
  assert.ok(certificate.validFromDate.getTime() < Date.now());
  assert.match(keyPem, /^-----BEGIN PRIVATE KEY-----/);
});

test('two certificates share neither key nor serial number', async () => {
  const [one, other] = await Promise.all([createSelfSigned(request), createSelfSigned(request)]);
  assert.notEqual(one.keyPem, other.keyPem);
  assert.notEqual(
    new X509Certificate(one.certPem).serialNumber,
    new X509Certificate(other.certPem).serialNumber,
  );
});

test('a client that has the certificate as its CA file trusts the server, no other client does', async () => {
  const { certPem, keyPem } = await createSelfSigned(request);
  const server = createServer({ cert: certPem, key: keyPem }, (socket) => socket.end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const { port } = address;
  for (const servername of request.dnsNames) {
    const trusting = connect({ port, host: '127.0.0.1', servername, ca: certPem });
    await once(trusting, 'secureConnect');
    assert.ok(trusting.authorized);
    trusting.destroy();
  }
  const other = await createSelfSigned(request);
  for (const ca of [undefined, other.certPem]) {
    const options = { port, host: '127.0.0.1', servername: 'localhost' };
    const doubting = connect(ca === undefined ? options : { ...options, ca });
    const [error] = await once(doubting, 'error');
    assert.match(error.code, /SELF_SIGNED|SIGNATURE/);
  }
  await new Promise((resolve) => server.close(resolve));
});
