import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysForNames, randomTicketKeys } from '../../src/tls/ticket-keys.ts';

test('keys differ from one set of names to another, in whatever order they stand, and by profile', () => {
  const keys = randomTicketKeys();
  const of = (...names: readonly string[]) =>
    keysForNames(keys, names, 'intermediate').toString('hex');
  assert.equal(of('a.example', 'b.example'), of('b.example', 'a.example', 'a.example'));
  const sets = [of(), of('a.example'), of('b.example'), of('a.example', 'b.example')];
  assert.equal(new Set(sets).size, sets.length);
  assert.equal(keysForNames(keys, [], 'intermediate').length, 48);
  assert.notEqual(keysForNames(keys, ['a.example'], 'legacy').toString('hex'), of('a.example'));
});
