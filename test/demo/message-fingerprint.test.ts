import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { fingerprint, MessageFingerprinter } from '../../src/demo/message-fingerprint.ts';

function sha256(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

test('header and body are told apart at the first blank line', () => {
  const found = fingerprint(Buffer.from('A: 1\r\nB: 2\r\n\r\nbody\r\n\r\nmore\r\n'));
  assert.equal(found.header.toString(), 'A: 1\r\nB: 2\r\n\r\n');
  assert.equal(found.bodyStart.toString(), 'body\r\n\r\nmore\r\n');
  assert.equal(found.bodySha256, sha256('body\r\n\r\nmore\r\n'));
  assert.equal(found.octets, 28);
});

test('a message without a blank line is all header', () => {
  const found = fingerprint(Buffer.from('A: 1\r\n'));
  assert.equal(found.header.toString(), 'A: 1\r\n');
  assert.equal(found.bodySha256, sha256(''));
});

test('of a long body only the start is kept', () => {
  const body = 'x'.repeat(200_000);
  const found = fingerprint(Buffer.from(`A: 1\r\n\r\n${body}`));
  assert.equal(found.bodyStart.length, 65_536);
  assert.equal(found.bodySha256, sha256(body));
});

test('a header without end is refused before it fills the memory', () => {
  const fingerprinter = new MessageFingerprinter();
  const endless = Buffer.alloc(100_000, 'h');
  assert.throws(() => {
    for (let i = 0; i < 10; i += 1) fingerprinter.update(endless);
  }, RangeError);
});

test('any chunking gives the same fingerprint', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ':', '\r', '\n', '\r\n'), maxLength: 40 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (message, step) => {
      const octets = Buffer.from(message, 'latin1');
      const fingerprinter = new MessageFingerprinter();
      for (let at = 0; at < octets.length; at += step) {
        fingerprinter.update(octets.subarray(at, at + step));
      }
      assert.deepEqual(fingerprinter.finish(), fingerprint(octets));
    }),
  );
});
