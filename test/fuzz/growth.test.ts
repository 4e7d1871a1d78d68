import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureGrowth } from './growth.ts';
import { plantedDefect } from './planted-defect.ts';

const target = { ...plantedDefect, dictionary: ['(', ')'] };

test('cost that grows with the size is nothing to tell', () => {
  const report = measureGrowth(
    target,
    [Buffer.from('x')],
    (_, input, times) => times * input.length,
  );
  assert.deepEqual(report.superLinear, []);
  assert.equal(Math.round(report.maxCostPerOctetUs), 1);
  assert.equal(report.shapes, 2 * (4 * 4 + 5 * 4));
});

test('cost that grows with the square of the size is told with its shape', () => {
  const costOf = (_: unknown, input: Buffer, times: number): number =>
    times * (input.includes(')))') ? input.length ** 2 / 1000 : input.length);
  const { superLinear } = measureGrowth(target, [Buffer.from('seed')], costOf);
  assert.ok(superLinear.every(({ ratio }) => Math.round(ratio) === 8));
  assert.deepEqual(new Set(superLinear.map(({ shape }) => shape.repeated)), new Set([')']));
  assert.ok(superLinear.some(({ shape }) => shape.head === 'seed' && shape.tail === 'x'));
});

test('a machine that was busy for a moment is nothing to tell', () => {
  let calls = 0;
  const costOf = (_: unknown, input: Buffer, times: number): number => {
    calls += 1;
    return times * input.length * (calls === 1 ? 100 : 1);
  };
  assert.deepEqual(measureGrowth(target, [], costOf).superLinear, []);
});

test('cost too small to be measured well is nothing to tell', () => {
  const costOf = (_: unknown, input: Buffer, times: number): number =>
    (times * input.length ** 2) / 1e8;
  assert.deepEqual(measureGrowth(target, [], costOf).superLinear, []);
});
