import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldNamed, findMissingField, headerFields } from '../../src/demo/header-comparison.ts';

test('a folded field is one field with its folds', () => {
  const header = Buffer.from('A: 1\r\n\tmore\r\n and more\r\nB: 2\r\n\r\n');
  assert.deepEqual(headerFields(header), ['A: 1\r\n\tmore\r\n and more', 'B: 2']);
});

test('names match without regard to case', () => {
  assert.equal(fieldNamed(['Subject: x', 'FROM: y'], 'From'), 'FROM: y');
  assert.equal(fieldNamed(['X-From: y'], 'From'), undefined);
});

test('added fields are fine, lost, changed and reordered ones are found', () => {
  const before = ['A: 1', 'B: 2', 'A: 1'];
  assert.equal(findMissingField(before, ['New: 0', 'A: 1', 'B: 2', 'New: 1', 'A: 1']), undefined);
  assert.equal(findMissingField(before, ['A: 1', 'B: 2']), 'A: 1');
  assert.equal(findMissingField(before, ['A: 1', 'B: 3', 'A: 1']), 'B: 2');
  assert.equal(findMissingField(['A: 1', 'B: 2'], ['B: 2', 'A: 1']), 'B: 2');
});
