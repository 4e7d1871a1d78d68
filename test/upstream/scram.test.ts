import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type KeyRequest, ScramClient, type ScramHash } from '../../src/upstream/scram.ts';
import { credentialsOf } from './dialog-script.ts';
import { type ScramVector, scramVectors } from './scram-vectors.ts';

function start({ hash, nonce }: Pick<ScramVector, 'hash' | 'nonce'>): ScramClient {
  return new ScramClient(hash, credentialsOf('user', 'pencil'), nonce);
}

function keyOf({ password, salt, iterations, hash }: KeyRequest): Buffer {
  return pbkdf2Sync(password, salt, iterations, hash === 'sha1' ? 20 : 32, hash);
}

function answered(vector: ScramVector): ScramClient {
  const client = start(vector);
  const request = client.readServerFirst(Buffer.from(vector.serverFirst));
  assert.ok(request);
  client.final(keyOf(request));
  return client;
}

for (const vector of scramVectors) {
  test(`the example of ${vector.source} comes out octet for octet`, () => {
    const client = start(vector);
    assert.equal(String(client.first()), vector.clientFirst);
    const request = client.readServerFirst(Buffer.from(vector.serverFirst));
    assert.equal(request?.iterations, 4096);
    assert.equal(String(client.final(keyOf(request))), vector.clientFinal);
    assert.ok(client.isServerGenuine(Buffer.from(vector.serverFinal)));
  });

  test(`a server signature that differs from ${vector.source} is not genuine`, () => {
    const client = answered(vector);
    const signature = Buffer.from(vector.serverFinal.slice('v='.length), 'base64');
    for (const index of signature.keys()) {
      const forged = Buffer.from(signature);
      forged[index] = (forged[index] ?? 0) ^ 1;
      assert.ok(!client.isServerGenuine(Buffer.from(`v=${forged.toString('base64')}`)));
    }
    for (const final of ['', 'v=', 'v=AAAA', 'e=invalid-proof', ` ${vector.serverFinal}`]) {
      assert.ok(!client.isServerGenuine(Buffer.from(final)), final);
    }
  });
}

test('no server is genuine before the proof was made', () => {
  for (const vector of scramVectors) {
    assert.ok(!start(vector).isServerGenuine(Buffer.from(vector.serverFinal)));
    assert.ok(!start(vector).isServerGenuine(Buffer.from('v=')));
  }
});

const salt = 's=QSXCR+Q6sek8bf92';
const unusable: readonly [why: string, serverFirst: string][] = [
  ['nothing', ''],
  ['a nonce of its own', `r=other,${salt},i=4096`],
  ['a nonce without an addition', `r=nonce,${salt},i=4096`],
  ['a nonce that only ends with ours', `r=xnonce,${salt},i=4096`],
  ['no nonce', `${salt},i=4096`],
  ['no salt', 'r=nonce1,i=4096'],
  ['an empty salt', 'r=nonce1,s=,i=4096'],
  ['a salt that is not base64', 'r=nonce1,s=!!!!,i=4096'],
  ['no iterations', `r=nonce1,${salt}`],
  ['one iteration', `r=nonce1,${salt},i=1`],
  ['too few iterations', `r=nonce1,${salt},i=4095`],
  ['too many iterations', `r=nonce1,${salt},i=1000001`],
  ['very many iterations', `r=nonce1,${salt},i=99999999999999999999`],
  ['negative iterations', `r=nonce1,${salt},i=-4096`],
  ['an extension that must be understood', `m=ext,r=nonce1,${salt},i=4096`],
  ['an octet that is not ASCII in the nonce', `r=nonce\xe9,${salt},i=4096`],
];

for (const [why, serverFirst] of unusable) {
  test(`a first message with ${why} is not answered`, () => {
    const client = start({ hash: 'sha1', nonce: 'nonce' });
    assert.equal(client.readServerFirst(Buffer.from(serverFirst, 'latin1')), undefined);
  });
}

test('iterations within the bounds are accepted', () => {
  for (const iterations of [4096, 10_000, 1_000_000]) {
    const client = start({ hash: 'sha256', nonce: 'nonce' });
    const request = client.readServerFirst(Buffer.from(`r=nonce1,${salt},i=${iterations},x=y`));
    assert.equal(request?.iterations, iterations);
  }
});

const users: readonly [user: string, written: string][] = [
  ['user', 'user'],
  ['a=b,c', 'a=3Db=2Cc'],
  ['=2C', '=3D2C'],
  // RFC 4013 s.3: a soft hyphen goes, a roman numeral becomes letters.
  [Buffer.from('I\u00adX').toString('latin1'), 'IX'],
  [Buffer.from('\u2168').toString('latin1'), 'IX'],
];

for (const [user, written] of users) {
  test(`the user name ${inspect(user)} is written ${written}`, () => {
    for (const hash of ['sha1', 'sha256'] satisfies ScramHash[]) {
      const client = new ScramClient(hash, credentialsOf(user, 'x'), 'nonce');
      assert.equal(String(client.first()), `n,,n=${written},r=nonce`);
    }
  });
}

test('the client shows neither password nor proof', () => {
  for (const vector of scramVectors) {
    const shown = inspect(answered(vector), { showHidden: true, depth: 10 });
    assert.ok(!shown.includes('pencil'));
    assert.ok(!shown.includes(vector.clientFinal));
  }
});
