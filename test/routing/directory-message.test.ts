import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '../../src/base/secret.ts';
import { escapeOctets, questionFields, readAnswer } from '../../src/routing/directory-message.ts';

function fromField(text: string): Buffer {
  const octets = text.replaceAll(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(octets, 'latin1');
}

test('octets of every kind come back from a header field, in which no line can begin', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
      const escaped = escapeOctets(Buffer.from(octets));
      assert.match(escaped, /^[!-~\x80-\xff]*$/);
      assert.deepEqual(fromField(escaped), Buffer.from(octets));
    }),
  );
});

test('a name without blanks and signs of percent is sent as it is', () => {
  assert.equal(escapeOctets(Buffer.from('ann+x@example.org')), 'ann+x@example.org');
  assert.equal(escapeOctets(Buffer.from('a b%\x7f\r\n')), 'a%20b%25%7F%0D%0A');
});

test('encryption of the client is told where there is some', () => {
  const question = {
    credentials: { user: Buffer.from('ann'), password: Secret.fromText('s') },
    clientAddress: '192.0.2.1',
    attempt: 2,
    tls: undefined,
  };
  assert.deepEqual(questionFields(question), {
    'Auth-Method': 'plain',
    'Auth-User': 'ann',
    'Auth-Pass': 's',
    'Auth-Protocol': 'pop3',
    'Auth-Login-Attempt': '2',
    'Client-IP': '192.0.2.1',
  });
  const encrypted = questionFields({ ...question, tls: { protocol: 'TLSv1.3', cipher: 'C' } });
  assert.equal(encrypted['Auth-SSL'], 'on');
  assert.equal(encrypted['Auth-SSL-Protocol'], 'TLSv1.3');
});

const found = { 'auth-status': 'OK', 'auth-server': '192.0.2.7', 'auth-port': '110' };

test('an answer names a server, and may change what it is told', () => {
  const none = { user: undefined, password: undefined };
  assert.deepEqual(readAnswer(found), { kind: 'found', host: '192.0.2.7', port: 110, ...none });
  const answer = readAnswer({
    ...found,
    'auth-server': '[2001:DB8::7]',
    'auth-user': 'b\xe9',
    'auth-pass': 'p w',
  });
  assert.deepEqual(answer, {
    kind: 'found',
    host: '2001:db8::7',
    port: 110,
    user: Buffer.from('b\xe9', 'latin1'),
    password: Buffer.from('p w'),
  });
});

test('a refusal has words of its own, and a wait that has an end', () => {
  const refused = (wait?: string) =>
    readAnswer({ 'auth-status': 'Wrong', ...(wait === undefined ? {} : { 'auth-wait': wait }) });
  assert.deepEqual(refused(), { kind: 'refused', text: 'Wrong', waitMs: 0 });
  assert.deepEqual(refused('3'), { kind: 'refused', text: 'Wrong', waitMs: 3000 });
  assert.deepEqual(refused('86400'), { kind: 'refused', text: 'Wrong', waitMs: 10_000 });
  assert.deepEqual(refused('-1'), { kind: 'refused', text: 'Wrong', waitMs: 0 });
});

const unusable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no status': { 'auth-server': '192.0.2.7', 'auth-port': '110' },
  'a status that asks to wait': { 'auth-status': 'WAIT', 'auth-wait': '1' },
  'no server': { 'auth-status': 'OK', 'auth-port': '110' },
  'a server that is none': { ...found, 'auth-server': 'unix:/run/pop3' },
  'an address in another notation': { ...found, 'auth-server': '0x7f.1' },
  'no port': { 'auth-status': 'OK', 'auth-server': '192.0.2.7' },
  'a port that there is not': { ...found, 'auth-port': '65536' },
};
for (const [what, fields] of Object.entries(unusable)) {
  test(`${what} is no answer`, () => {
    assert.equal(readAnswer(fields).kind, 'unusable');
  });
}
