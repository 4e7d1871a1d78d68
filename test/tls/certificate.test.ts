import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { namesOf, toServerCertificate } from '../../src/tls/certificate.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { certificateFor } from '../helpers/test-certificates.ts';

test('a certificate is known by its names, its kind of key and its end', () => {
  const pem = certificateFor(['pop.example', '*.pop.example']);
  const { names, keyType, notAfterMs } = toServerCertificate(pem);
  assert.deepEqual([names, keyType], [['pop.example', '*.pop.example'], 'ec']);
  assert.equal(notAfterMs, new X509Certificate(pem.certPem).validToDate.getTime());
});

test('a certificate and the key of another are refused', () => {
  const [{ certPem }, { keyPem }] = [certificateFor(['a.example']), certificateFor(['a.example'])];
  assert.throws(() => toServerCertificate({ certPem, keyPem }), /key/);
});

test('the names of a certificate are its DNS names, and nothing that only looks like one', async () => {
  const { certPem } = await createSelfSigned({
    commonName: 'common.example',
    dnsNames: ['Pop.Example', '*.example', 'f*.example', '192.0.2.9', 'a.example, DNS:b.example'],
    ipAddresses: ['192.0.2.1'],
    days: 1,
  });
  assert.deepEqual(namesOf(new X509Certificate(certPem)), ['pop.example', '*.example']);
});
