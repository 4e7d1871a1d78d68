import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeConstraints,
  encodeConstraints,
  isWithin,
} from '../../../src/tls/authority/name-constraints.ts';

test('what was written is read again', () => {
  fc.assert(
    fc.property(fc.array(fc.domain(), { minLength: 1, maxLength: 40 }), (domains) => {
      assert.deepEqual(decodeConstraints(encodeConstraints(domains)), domains);
    }),
  );
});

test('content that is not understood is not taken for a permission', () => {
  const whole = encodeConstraints(['example.net']);
  assert.equal(decodeConstraints(Buffer.alloc(0)), undefined);
  assert.equal(decodeConstraints(Buffer.from('3000', 'hex')), undefined);
  for (let length = 0; length < 20; length += 1) {
    assert.equal(decodeConstraints(whole.subarray(0, length)), undefined);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
      decodeConstraints(Buffer.from(octets));
    }),
  );
});

test('a domain covers itself and what is below it, and nothing that only ends alike', () => {
  const domains = ['example.net', 'pop.example.org'];
  for (const name of ['example.net', 'a.example.net', 'a.b.example.net', '*.example.net']) {
    assert.ok(isWithin(name, domains), name);
  }
  for (const name of ['net', 'badexample.net', 'example.net.evil', 'example.org', '*.net']) {
    assert.ok(!isWithin(name, domains), name);
  }
});
