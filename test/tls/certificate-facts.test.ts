import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { factsOf, findHostName } from '../../src/tls/certificate-facts.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();

test('a certificate tells its names, its issuer and its dates', () => {
  const facts = factsOf(new X509Certificate(certificates.server.certPem));
  assert.deepEqual(facts.names, ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1']);
  assert.equal(facts.issuer, 'Postern test authority');
  assert.equal(facts.isSelfIssued, false);
  assert.ok(facts.validFromMs < Date.now() && facts.validToMs > Date.now());
  assert.equal(findHostName(facts), 'localhost');
});

test('neither a pattern nor an address is a name for a mail program', async () => {
  const { certPem } = await createSelfSigned({
    commonName: 'all',
    dnsNames: ['*.example.net', 'mail.example.net'],
    ipAddresses: ['192.0.2.1', '2001:db8::1'],
    days: 1,
  });
  const facts = factsOf(new X509Certificate(certPem));
  assert.equal(findHostName(facts), 'mail.example.net');
  assert.equal(facts.isSelfIssued, true);
  const without = { ...facts, names: ['192.0.2.1', '2001:DB8:0:0:0:0:0:1', '*.example.net'] };
  assert.equal(findHostName(without), undefined);
});
