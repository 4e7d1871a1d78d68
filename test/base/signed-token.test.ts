import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf, TokenSigner, tokenLength } from '../../src/base/signed-token.ts';

const signer = new TokenSigner(createSecretKey(Buffer.alloc(32, 1)));
const nowMs = Date.UTC(2026, 10, 2, 12);
const lastDay = dayOf(nowMs) + 14;
const object = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const token = signer.sign({ purpose: 'learn', object, lastDay });

test('a token tells what was signed, and fits on one line of a header', () => {
  assert.deepEqual(signer.verify(token, nowMs), { purpose: 'learn', object, lastDay });
  assert.equal(token.length, tokenLength);
  assert.ok(tokenLength < 50);
});

test('the same facts give the same token, others another', () => {
  assert.equal(signer.sign({ purpose: 'learn', object, lastDay }), token);
  assert.notEqual(signer.sign({ purpose: 'release', object, lastDay }), token);
  assert.notEqual(signer.sign({ purpose: 'learn', object, lastDay: lastDay + 1 }), token);
});

test('a token is good through its last day, and not a moment longer', () => {
  const endMs = (lastDay + 1) * 86_400_000;
  assert.notEqual(signer.verify(token, endMs - 1), undefined);
  assert.equal(signer.verify(token, endMs), undefined);
});

test('a token of another key is none', () => {
  const other = new TokenSigner(createSecretKey(Buffer.alloc(32, 2)));
  assert.equal(other.verify(token, nowMs), undefined);
});

test('no octet of a token can be changed, not even the purpose', () => {
  const octets = Buffer.from(token, 'base64url');
  for (let at = 0; at < octets.length; at += 1) {
    for (const bit of [1, 2, 3, 128]) {
      const changed = Buffer.from(octets);
      changed.writeUInt8(changed.readUInt8(at) ^ bit, at);
      assert.equal(signer.verify(changed.toString('base64url'), nowMs), undefined);
    }
  }
});

test('one token is written in one way only', () => {
  for (const written of [`${token}=`, ` ${token}`, `${token}\n`, token.slice(0, -1), `${token}A`]) {
    assert.equal(signer.verify(written, nowMs), undefined, JSON.stringify(written));
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const ends = [...alphabet].filter((last) => signer.verify(token.slice(0, -1) + last, nowMs));
  assert.equal(ends.length, 1);
});

test('whatever is no token is refused without a throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String({ maxLength: 60 })), (text) => {
      assert.equal(signer.verify(text, nowMs), undefined);
    }),
  );
  assert.equal(signer.verify(randomBytes(35).toString('base64url'), nowMs), undefined);
});
