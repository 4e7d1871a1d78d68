import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AppError, explain } from '../../src/base/errors.ts';
import { parseReply } from '../../src/pop3/reply.ts';
import {
  connectFailure,
  isFailureOfHost,
  protocolViolation,
  refusedByUpstream,
  upstreamLost,
  upstreamTimeout,
} from '../../src/upstream/failure.ts';

const reply = (line: string) => parseReply(Buffer.from(line, 'latin1'));

const refusals: readonly [line: string, clientText: string, responseCode: string | undefined][] = [
  ['-ERR [AUTH] wrong password', 'wrong password', 'AUTH'],
  ['-ERR [in-use] locked', 'locked', 'IN-USE'],
  ['-ERR [LOGIN-DELAY] wait', 'wait', 'LOGIN-DELAY'],
  ['-ERR [SYS/TEMP]', 'refused by the mail server', 'SYS/TEMP'],
  ['-ERR [X-OWN] no', 'no', undefined],
  ['-ERR', 'refused by the mail server', undefined],
  ['-ERR \x1b[2Jgone', '?[2Jgone', undefined],
];

for (const [line, clientText, responseCode] of refusals) {
  test(`${JSON.stringify(line)} reaches the client as ${JSON.stringify(clientText)}`, () => {
    const error = refusedByUpstream('UPSTREAM_LOGIN_REFUSED', reply(line));
    assert.equal(error.clientText, clientText);
    assert.equal(error.responseCode, responseCode);
    assert.equal(error.fault, 'upstream');
  });
}

test('the words of the upstream are for the client only, not for a log', () => {
  const error = refusedByUpstream('X', reply('-ERR no user bob with hunter2'));
  assert.match(error.clientText, /hunter2/);
  for (const shown of [inspect(error), explain(error), JSON.stringify(error), String(error)]) {
    assert.doesNotMatch(shown, /hunter2/);
  }
});

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function handshakeFailure(cause: unknown): AppError {
  return new AppError('TLS_FAILED', { fault: 'upstream', publicText: 'x', cause });
}

test('a certificate that is not valid is told apart from a handshake that failed', () => {
  for (const code of [
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'INVALID_PURPOSE',
  ]) {
    const error = connectFailure(handshakeFailure(systemError(code)));
    assert.equal(error.code, 'UPSTREAM_CERTIFICATE', code);
    assert.equal(error.responseCode, 'SYS/PERM');
    assert.deepEqual(error.details, { reason: code });
  }
  for (const cause of [
    systemError('ECONNRESET'),
    systemError('ERR_SSL_WRONG_VERSION'),
    undefined,
  ]) {
    assert.equal(connectFailure(handshakeFailure(cause)).code, 'UPSTREAM_TLS');
  }
});

test('a server that cannot be reached is a temporary failure, never one of the password', () => {
  const error = connectFailure(systemError('ECONNREFUSED'));
  assert.equal(error.code, 'UPSTREAM_UNREACHABLE');
  assert.equal(error.responseCode, 'SYS/TEMP');
  assert.deepEqual(error.details, { reason: 'ECONNREFUSED' });
});

test('a failure that has a kind already keeps it', () => {
  for (const error of [upstreamTimeout('connect'), protocolViolation('x'), upstreamLost()]) {
    assert.equal(connectFailure(error), error);
  }
  const certificate = connectFailure(handshakeFailure(systemError('CERT_HAS_EXPIRED')));
  assert.equal(connectFailure(certificate), certificate);
});

test('every failure of the upstream without words of its own is temporary', () => {
  for (const error of [upstreamTimeout('reply'), protocolViolation('x'), upstreamLost()]) {
    assert.equal(error.responseCode, 'SYS/TEMP');
    assert.equal(error.fault, 'upstream');
  }
});

test('a host fails by what it does to everybody, not by what it says to one', () => {
  for (const error of [
    upstreamTimeout('connect'),
    protocolViolation('x'),
    upstreamLost(),
    connectFailure(systemError('ECONNREFUSED')),
    connectFailure(handshakeFailure(systemError('CERT_HAS_EXPIRED'))),
    connectFailure(handshakeFailure(systemError('ERR_SSL_WRONG_VERSION'))),
    refusedByUpstream('UPSTREAM_REFUSED_SESSION', reply('-ERR [SYS/TEMP] later')),
    refusedByUpstream('UPSTREAM_REFUSED_SESSION', reply('-ERR too many connections')),
    refusedByUpstream('UPSTREAM_NO_STLS', reply('-ERR')),
  ]) {
    assert.equal(isFailureOfHost(error), true, error.code);
  }
  for (const error of [
    refusedByUpstream('UPSTREAM_REFUSED_SESSION', reply('-ERR [SYS/PERM] not you')),
    refusedByUpstream('UPSTREAM_LOGIN_REFUSED', reply('-ERR [AUTH] wrong password')),
    refusedByUpstream('UPSTREAM_LOGIN_REFUSED', reply('-ERR [SYS/TEMP] later')),
    new AppError('TARGET_FORBIDDEN', { fault: 'client', publicText: 'x' }),
    new AppError('CLIENT_GONE', { fault: 'client', publicText: 'x' }),
    new Error('x'),
  ]) {
    assert.equal(isFailureOfHost(error), false, String(error));
  }
});
