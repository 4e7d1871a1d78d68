import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { median, noiseOf, slopeOf, summarise } from '../../bench/harness/statistics.ts';

const finite = fc.double({ min: 0.001, max: 1e9, noNaN: true });
const samples = fc.array(finite, { minLength: 1, maxLength: 15 });

test('the median is the middle sample, or halfway between the two in the middle', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]), RangeError);
});

test('the order of samples does not matter, and they are left as they are', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const copy = [...values];
      assert.equal(median(values), median(values.toReversed()));
      assert.deepEqual(values, copy);
    }),
  );
});

test('the median lies between the lowest and the highest sample', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const { median: middle, low, high } = summarise(values);
      assert.ok(low <= middle && middle <= high);
    }),
  );
});

test('one wild sample moves neither the median nor the spread far', () => {
  const calm = summarise([10, 10.1, 9.9, 10, 10.2]);
  const disturbed = summarise([10, 10.1, 9.9, 10, 500]);
  assert.equal(disturbed.median, calm.median);
  assert.ok(disturbed.spread < 0.03);
  assert.equal(disturbed.high, 500);
});

test('the spread is relative: the same in other units', () => {
  const one = summarise([1, 2, 3, 4]);
  const other = summarise([1000, 2000, 3000, 4000]);
  assert.ok(Math.abs(one.spread - other.spread) < 1e-9);
});

test('figures of zero have no spread', () => {
  assert.equal(summarise([0, 0, 0]).spread, 0);
});

test('noise is never below its least, and larger where samples are few', () => {
  const many = summarise([1, 1, 1]);
  const few = summarise([1]);
  assert.equal(noiseOf(many, many), 0.05);
  assert.equal(noiseOf(many, few), 0.15);
  assert.ok(noiseOf(summarise([1, 2, 3]), many) > 0.5);
});

test('the slope of a line is found, and a level has none', () => {
  const line = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
  assert.equal(slopeOf(line), 2);
  assert.equal(slopeOf(line.map(({ x }) => ({ x, y: 7 }))), 0);
  assert.equal(slopeOf([{ x: 1, y: 1 }]), 0);
});
