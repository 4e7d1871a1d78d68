import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CertificateChoice } from '../../src/tls/certificate-choice.ts';

function certificate(id: string, keyType: string, ...names: readonly string[]) {
  return { id, keyType, names };
}

const choice = new CertificateChoice([
  certificate('main rsa', 'rsa', 'pop.example', 'mail.example'),
  certificate('wild ec', 'ec', '*.example'),
  certificate('main ec', 'ec', 'mail.example'),
  certificate('second', 'ec', 'mail.example'),
  certificate('other', 'rsa', 'pop.other.example'),
]);

const idsFor = (name: string) => choice.find(name)?.map(({ id }) => id);

test('a name has one certificate of each kind of key, ECDSA first', () => {
  assert.deepEqual(idsFor('mail.example'), ['main ec', 'main rsa']);
});

test('the exact name counts before the wildcard, which fills in for a kind of key that is missing', () => {
  assert.deepEqual(idsFor('pop.example'), ['wild ec', 'main rsa']);
  assert.deepEqual(idsFor('new.example'), ['wild ec']);
  assert.deepEqual(idsFor('pop.other.example'), ['other']);
});

test('a name that no certificate has is not found', () => {
  assert.equal(idsFor('example'), undefined);
  assert.equal(idsFor('a.pop.example'), undefined);
  assert.equal(idsFor('localhost'), undefined);
});

test('without a name the first is shown, with others only where they carry all of its names', () => {
  assert.deepEqual(
    choice.fallback.map(({ id }) => id),
    ['wild ec', 'main rsa'],
  );
  const lone = new CertificateChoice([
    certificate('a', 'rsa', 'a.example', 'b.example'),
    certificate('b', 'ec', 'a.example'),
  ]);
  assert.deepEqual(
    lone.fallback.map(({ id }) => id),
    ['a'],
  );
  const nameless = new CertificateChoice([certificate('a', 'rsa'), certificate('b', 'ec', 'b')]);
  assert.deepEqual(
    nameless.fallback.map(({ id }) => id),
    ['a'],
  );
});
