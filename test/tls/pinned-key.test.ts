import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { checkPinnedKey, PinnedKeyError, pinOf } from '../../src/tls/pinned-key.ts';
import { certificates } from '../upstream/target.ts';

const certificate = new X509Certificate(certificates.server.certPem);
const peer = { getPeerX509Certificate: () => certificate };
const other = pinOf(new X509Certificate(certificates.expired.certPem));

test('a pin is what openssl makes of the public key', () => {
  const openssl = (input: string | Buffer, ...args: string[]): Buffer =>
    execFileSync('openssl', args, { input });
  const pem = openssl(certificates.server.certPem, 'x509', '-pubkey', '-noout');
  const info = openssl(pem, 'pkey', '-pubin', '-outform', 'der');
  const digest = openssl(info, 'dgst', '-sha256', '-binary').toString('base64');
  assert.equal(pinOf(certificate), `sha256/${digest}`);
});

test('one of several pins is enough', () => {
  checkPinnedKey([other, pinOf(certificate)])(peer);
});

test('another key is refused, and shown as it would be pinned', () => {
  assert.throws(
    () => checkPinnedKey([other])(peer),
    (error) => error instanceof PinnedKeyError && error.seen === pinOf(certificate),
  );
});

test('a server without a certificate has no pinned key', () => {
  assert.throws(
    () => checkPinnedKey([other])({ getPeerX509Certificate: () => undefined }),
    PinnedKeyError,
  );
});
