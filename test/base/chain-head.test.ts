import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChainHead, headPathOf, readHead, writeHead } from '../../src/base/chain-head.ts';
import { chainStart } from '../../src/base/hash-chain.ts';

const key = Buffer.from('0123456789abcdef');
const head: ChainHead = {
  last: { seq: 12, hash: 'b'.repeat(64) },
  start: chainStart,
  lastAt: 4711,
  rotations: 3,
  sinceMs: Date.parse('2026-11-23T12:00:00.123Z'),
};

for (const each of [undefined, key]) {
  test(`what was written is read again (${each === undefined ? 'no key' : 'with a key'})`, () => {
    const text = writeHead(head, each);
    assert.match(text, /^\{[^\n]*\}\n$/);
    assert.deepEqual(readHead(Buffer.from(text), each), { kind: 'ok', head });
  });
}

test('a checkpoint that was changed, or made with another key, is foreign', () => {
  const text = writeHead(head, key);
  const changed = text.replace('"seq":12', '"seq":11');
  assert.deepEqual(readHead(Buffer.from(changed), key), { kind: 'foreign' });
  assert.deepEqual(readHead(Buffer.from(text), undefined), { kind: 'foreign' });
  assert.deepEqual(readHead(Buffer.from(writeHead(head, undefined)), key), { kind: 'foreign' });
});

test('what is no checkpoint at all is unreadable', () => {
  const whole = writeHead(head, undefined);
  for (const text of ['', '\n', '{}', whole.slice(0, 40), whole.slice(0, -2), whole.slice(1)]) {
    assert.deepEqual(readHead(Buffer.from(text), undefined), { kind: 'unreadable' }, text);
  }
});

test('it lies beside its file', () => {
  assert.equal(headPathOf('/var/log/audit.jsonl'), '/var/log/audit.jsonl.head');
});
