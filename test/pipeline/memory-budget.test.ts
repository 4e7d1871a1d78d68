import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBudget } from '../../src/pipeline/memory-budget.ts';

test('a budget gives exactly what it has', () => {
  const budget = new MemoryBudget(10);
  assert.equal(budget.tryTake(10), true);
  assert.equal(budget.tryTake(1), false);
  assert.equal(budget.usedBytes, 10);
});

test('a refused request takes nothing', () => {
  const budget = new MemoryBudget(10);
  assert.equal(budget.tryTake(11), false);
  assert.equal(budget.usedBytes, 0);
  assert.equal(budget.tryTake(10), true);
});

test('what is released can be taken again', () => {
  const budget = new MemoryBudget(10);
  budget.tryTake(10);
  budget.release(4);
  assert.equal(budget.tryTake(5), false);
  assert.equal(budget.tryTake(4), true);
});
