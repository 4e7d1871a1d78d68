import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../src/base/secret.ts';
import { saslLineMaxOctets } from '../../src/pop3/limits.ts';
import {
  decodeBase64Line,
  loginPasswordChallenge,
  loginUserChallenge,
  parsePlain,
  plainMessage,
  toCredentials,
} from '../../src/pop3/sasl.ts';

const octets = (text: string) => Buffer.from(text, 'latin1');

test('base64 is decoded, and "=" is the empty response', () => {
  assert.equal(String(decodeBase64Line('Ym9i')), 'bob');
  assert.equal(String(decodeBase64Line('Ym9iYg==')), 'bobb');
  assert.equal(String(decodeBase64Line('')), '');
  assert.equal(String(decodeBase64Line('=')), '');
});

const notBase64 = [
  '*',
  'Ym9',
  'Ym9i=',
  '==',
  'Ym9i ',
  ' Ym9i',
  'Ym9i\r',
  'Ym-_',
  'Ym9iY=g=',
  'Y\0m9',
];
for (const text of notBase64) {
  test(`${JSON.stringify(text)} is not base64`, () => {
    assert.equal(decodeBase64Line(text), undefined);
  });
}

test('any octets survive base64, also as many as a line may hold', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const encoded = Buffer.from(bytes).toString('base64');
      assert.deepEqual(decodeBase64Line(encoded), Buffer.from(bytes));
    }),
  );
  const longest = 'A'.repeat(saslLineMaxOctets);
  assert.equal(decodeBase64Line(longest)?.length, (saslLineMaxOctets / 4) * 3);
  assert.equal(decodeBase64Line(`${longest}!`), undefined);
});

function plain(message: string): readonly [user: string, password: string] | undefined {
  const found = parsePlain(octets(message));
  if (found === undefined) return undefined;
  return [found.user.toString('latin1'), found.password.reveal().toString('latin1')];
}

test('a PLAIN message gives user and password', () => {
  assert.deepEqual(plain('\0bob\0secret'), ['bob', 'secret']);
  assert.deepEqual(plain('\0bob\0'), ['bob', '']);
  assert.deepEqual(plain('\0b\xf6b\0p\xe4 ss'), ['b\xf6b', 'p\xe4 ss']);
});

test('an authorization identity is accepted when it is the user, and never dropped', () => {
  assert.deepEqual(plain('bob\0bob\0secret'), ['bob', 'secret']);
  assert.equal(plain('alice\0bob\0secret'), undefined);
  assert.equal(plain('Bob\0bob\0secret'), undefined);
});

const badPlain = [
  '',
  'bob',
  '\0bob',
  '\0\0secret',
  '\0bob\0se\0cret',
  '\0bob\0se\rcret',
  '\0bob\0se\ncret',
  '\0bob\r\nDELE 1\0secret',
];
for (const message of badPlain) {
  test(`the PLAIN message ${JSON.stringify(message)} is refused`, () => {
    assert.equal(plain(message), undefined);
  });
}

const lineSafe = (minLength: number) =>
  fc
    .array(
      fc.integer({ min: 1, max: 255 }).filter((octet) => octet !== 0x0a && octet !== 0x0d),
      { minLength, maxLength: 60 },
    )
    .map((bytes) => Buffer.from(bytes));

test('credentials written as PLAIN are read as the same octets', () => {
  fc.assert(
    fc.property(lineSafe(1), lineSafe(0), (user, password) => {
      const written = plainMessage({ user, password: new Secret(password) }).toString('base64');
      const message = decodeBase64Line(written);
      assert.ok(message);
      const read = parsePlain(message);
      assert.deepEqual(read?.user, user);
      assert.deepEqual(read?.password.reveal(), password);
    }),
  );
});

test('no octets make PLAIN throw or give what could break out of a line', () => {
  const message = fc
    .array(fc.constantFrom('\0', '\r', '\n', 'a', 'b', '\xff'), { maxLength: 12 })
    .map((parts) => octets(parts.join('')));
  fc.assert(
    fc.property(message, (bytes) => {
      const found = parsePlain(bytes);
      if (found === undefined) return;
      assert.doesNotMatch(found.user.toString('latin1'), /[\r\n\0]|^$/);
      assert.doesNotMatch(found.password.reveal().toString('latin1'), /[\r\n\0]/);
    }),
    { numRuns: 2000 },
  );
});

test('a user name is needed, a password may be empty', () => {
  assert.equal(toCredentials(octets(''), octets('x')), undefined);
  assert.ok(toCredentials(octets('bob'), octets('')));
});

test('the challenges of LOGIN are those that clients expect', () => {
  assert.equal(loginUserChallenge, 'VXNlcm5hbWU6');
  assert.equal(loginPasswordChallenge, 'UGFzc3dvcmQ6');
});
