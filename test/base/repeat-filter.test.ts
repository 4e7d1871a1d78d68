import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatFilter } from '../../src/base/repeat-filter.ts';

test('the first is said, and then one in each period, with how many were left out', () => {
  const filter = new RepeatFilter(1000);
  assert.equal(filter.pass('a', 0), 0);
  assert.equal(filter.pass('a', 1), undefined);
  assert.equal(filter.pass('a', 999), undefined);
  assert.equal(filter.pass('b', 999), 0);
  assert.equal(filter.pass('a', 1000), 2);
  assert.equal(filter.pass('a', 2000), 0);
});

test('of very many, those that were said longest ago are forgotten', () => {
  const filter = new RepeatFilter(1000);
  for (let each = 0; each <= 1000; each += 1) filter.pass(String(each), 0);
  assert.equal(filter.pass('0', 1), 0, 'said again');
  assert.equal(filter.pass('1000', 1), undefined);
});
