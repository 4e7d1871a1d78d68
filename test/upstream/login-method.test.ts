import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/base/errors.ts';
import { type LoginMethod, loginMethods } from '../../src/config/login-methods.ts';
import { unknownCapabilities } from '../../src/pop3/capability.ts';
import { loginDialog } from '../../src/upstream/dialog.ts';
import { chooseMethod, type LoginConditions, saslNames } from '../../src/upstream/login-method.ts';
import { base64, credentialsOf, firstLine } from './dialog-script.ts';

const everything = {
  ...unknownCapabilities,
  saslMechanisms: [...Object.values(saslNames), 'GSSAPI'],
};
const encrypted: LoginConditions = {
  exposure: 'allowed',
  timestamp: '<1@x>',
  server: { host: 'pop.example.net', port: 995 },
};
const plaintext: LoginConditions = { ...encrypted, exposure: 'forbidden' };

/** A server without that method. */
function without(capabilities: typeof everything, method: LoginMethod): typeof everything {
  if (method === 'user-pass') return { ...capabilities, hasUser: false };
  if (method === 'apop') return capabilities;
  const saslMechanisms = capabilities.saslMechanisms.filter((name) => name !== saslNames[method]);
  return { ...capabilities, saslMechanisms };
}

/** What is chosen when after each choice the server no longer offers what was chosen. */
function ranking(preference: 'auto' | LoginMethod[], conditions: LoginConditions): LoginMethod[] {
  const chosen: LoginMethod[] = [];
  let capabilities = everything;
  let left = conditions;
  for (;;) {
    let method: LoginMethod;
    try {
      method = chooseMethod(preference, capabilities, left);
    } catch {
      return chosen;
    }
    chosen.push(method);
    capabilities = without(capabilities, method);
    if (method === 'apop') left = { ...left, timestamp: undefined };
  }
}

test('auto takes the best that is offered, and never a token', () => {
  assert.deepEqual(ranking('auto', encrypted), [
    'scram-sha-256',
    'scram-sha-1',
    'cram-md5',
    'auth-plain',
    'auth-login',
    'user-pass',
    'apop',
  ]);
});

test('without TLS auto takes only what keeps the password secret', () => {
  assert.deepEqual(ranking('auto', plaintext), [
    'scram-sha-256',
    'scram-sha-1',
    'cram-md5',
    'apop',
  ]);
});

test('a list is an order of preference of its own', () => {
  const list: LoginMethod[] = ['user-pass', 'oauthbearer', 'apop', 'cram-md5', 'xoauth2'];
  assert.deepEqual(ranking(list, encrypted), list);
  assert.deepEqual(ranking(list, plaintext), ['apop', 'cram-md5']);
});

test('a single method is used although the server does not announce it', () => {
  const nothing = { ...unknownCapabilities, hasUser: false };
  for (const method of loginMethods) {
    assert.equal(chooseMethod(method, nothing, encrypted), method);
    assert.equal(chooseMethod([method], nothing, encrypted), method);
  }
});

test('of several methods one that the server does not announce is never tried', () => {
  const nothing = { ...unknownCapabilities, hasUser: false };
  const bare = { ...encrypted, timestamp: undefined };
  for (const preference of ['auto', ['scram-sha-256', 'user-pass']] as const) {
    assert.throws(() => chooseMethod(preference, nothing, bare), {
      code: 'UPSTREAM_NO_LOGIN_METHOD',
      fault: 'upstream',
      responseCode: 'SYS/PERM',
    });
  }
});

test('APOP needs a time stamp, also when it is demanded', () => {
  const bare = { ...encrypted, timestamp: undefined };
  assert.throws(() => chooseMethod('apop', everything, bare), { code: 'UPSTREAM_NO_LOGIN_METHOD' });
});

test('where only TLS is missing, the error says so', () => {
  const expected = {
    code: 'UPSTREAM_NOT_ENCRYPTED',
    fault: 'config',
    responseCode: 'SYS/PERM',
  };
  const bare = { ...plaintext, timestamp: undefined };
  for (const preference of ['auto', 'auth-plain', 'xoauth2', ['auth-login', 'apop']] as const) {
    const capabilities = { ...unknownCapabilities, saslMechanisms: ['PLAIN', 'LOGIN', 'XOAUTH2'] };
    assert.throws(() => chooseMethod(preference, capabilities, bare), expected);
  }
});

test('the error names what was wanted and what the server has, but nothing that could harm a log', () => {
  const capabilities = {
    ...unknownCapabilities,
    hasUser: false,
    saslMechanisms: ['GSSAPI', '\x1b[2J', 'X'.repeat(21)],
  };
  assert.throws(
    () => chooseMethod(['cram-md5', 'auth-plain'], capabilities, encrypted),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual(error.details, { wanted: ['cram-md5', 'auth-plain'], offered: ['GSSAPI'] });
      return true;
    },
  );
});

test('each method starts with its own line', () => {
  const bob = credentialsOf('bob', 'secret');
  const starts: Readonly<Record<LoginMethod, RegExp>> = {
    'scram-sha-256': /^AUTH SCRAM-SHA-256 [A-Za-z0-9+/=]+$/,
    'scram-sha-1': /^AUTH SCRAM-SHA-1 [A-Za-z0-9+/=]+$/,
    'cram-md5': /^AUTH CRAM-MD5$/,
    'auth-plain': new RegExp(`^AUTH PLAIN ${base64('\0bob\0secret')}$`),
    'auth-login': /^AUTH LOGIN$/,
    apop: /^APOP bob [0-9a-f]{32}$/,
    'user-pass': /^USER bob$/,
    xoauth2: /^AUTH XOAUTH2$/,
    oauthbearer: /^AUTH OAUTHBEARER$/,
  };
  for (const method of loginMethods) {
    const line = firstLine(loginDialog(method, unknownCapabilities, bob, encrypted));
    assert.match(line ?? '', starts[method]);
  }
});

test('no two logins use the same nonce', () => {
  const bob = credentialsOf('bob', 'secret');
  const lines = Array.from({ length: 50 }, () =>
    firstLine(loginDialog('scram-sha-256', unknownCapabilities, bob, encrypted)),
  );
  assert.equal(new Set(lines).size, lines.length);
});

test('nothing at all is sent where no method may be used', () => {
  const bob = credentialsOf('bob', 'secret');
  const dialog = loginDialog('auto', unknownCapabilities, bob, {
    ...plaintext,
    timestamp: undefined,
  });
  assert.throws(() => dialog.next(), { code: 'UPSTREAM_NOT_ENCRYPTED' });
});
