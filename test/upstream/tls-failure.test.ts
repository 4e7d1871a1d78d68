import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { PinnedKeyError } from '../../src/tls/pinned-key.ts';
import { ServerNameError } from '../../src/tls/server-name.ts';
import { connectFailure, connectionFailure } from '../../src/upstream/failure.ts';

function handshakeFailure(cause: unknown): AppError {
  return new AppError('TLS_FAILED', { fault: 'upstream', publicText: 'x', cause });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const texts: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the mail server's certificate has expired",
  CERT_NOT_YET_VALID: "the mail server's certificate is not valid yet",
  CERT_REVOKED: "the mail server's certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the mail server's certificate is of an unknown authority",
  SELF_SIGNED_CERT_IN_CHAIN: "the mail server's certificate is of an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the mail server's certificate is of an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the mail server's certificate is of an unknown authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "the mail server's certificate is for another name",
  PINNED_KEY_MISMATCH: "the mail server's key is not the one that it is known by",
  INVALID_PURPOSE: "the mail server's certificate is not valid",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION:
    'the mail server does not offer a TLS version that is required',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the mail server does not offer a TLS version that is required',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the mail server does not speak TLS on this port',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the mail server does not accept the certificate of this proxy',
};

for (const [code, text] of Object.entries(texts)) {
  test(`${code} is told as: ${text}`, () => {
    const error = connectFailure(handshakeFailure(systemError(code)));
    assert.equal(error.code, code.startsWith('ERR_SSL_') ? 'UPSTREAM_TLS' : 'UPSTREAM_CERTIFICATE');
    assert.equal(error.publicText, text);
    assert.equal(error.responseCode, 'SYS/PERM');
    assert.equal(error.details['reason'], code);
  });
}

test('the log has the names of a certificate that is for others, cut to a length', () => {
  const names = `DNS:a.example, ${'x'.repeat(1_000)}`;
  const { details } = connectFailure(handshakeFailure(new ServerNameError('b.example', names)));
  assert.equal(details['expected'], 'b.example');
  assert.equal(details['names'], names.slice(0, 500));
});

test('the log has the key that was seen in place of the pinned one', () => {
  const { details } = connectFailure(handshakeFailure(new PinnedKeyError('sha256/x')));
  assert.equal(details['seen'], 'sha256/x');
});

test('a server may refuse our certificate after the handshake; all else is a loss', () => {
  const refused = connectionFailure(systemError('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'));
  assert.equal(refused.code, 'UPSTREAM_TLS');
  for (const cause of [undefined, systemError('ECONNRESET'), systemError('ERR_SSL_DECRYPTION')]) {
    assert.equal(connectionFailure(cause).code, 'UPSTREAM_LOST');
  }
});
