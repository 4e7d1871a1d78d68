import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricLabels } from '../../src/base/metrics.ts';
import { LabelSets } from '../../src/telemetry/label-sets.ts';

/** Keeps the labels themselves. */
function labelSets(names: readonly string[], maxSets: number): LabelSets<MetricLabels> {
  return new LabelSets(names, maxSets, (labels) => labels);
}

test('labels that are not given are empty, one that does not exist is refused', () => {
  const sets = labelSets(['a', 'b'], 10);
  assert.deepEqual(sets.find({ b: 'x' }), { kind: 'admitted', kept: { a: '', b: 'x' } });
  assert.equal(sets.find({ c: 'x' }), undefined);
  assert.equal(sets.find({ b: 'x', c: 'x' }), undefined);
});

test('the same values find the same again, however they are given', () => {
  const sets = labelSets(['a', 'b'], 10);
  const first = sets.find({ a: '1', b: 'x,y' })?.kept;
  assert.equal(sets.find({ b: 'x,y', a: '1' })?.kept, first);
  assert.equal(sets.find({ a: '1', b: 'x_y' })?.kept, first);
  assert.deepEqual([...sets.kept()], [first]);
});

test('beyond the limit new combinations are others, known ones stay', () => {
  const sets = labelSets(['a'], 2);
  sets.find({ a: '1' });
  sets.find({ a: '2' });
  assert.deepEqual(sets.find({ a: '3' }), { kind: 'overflow', kept: { a: 'other' } });
  assert.deepEqual(sets.find({ a: '4' }), { kind: 'overflow', kept: { a: 'other' } });
  assert.equal(sets.find({ a: '1' })?.kind, 'admitted');
  sets.forget(({ a }) => a === '1' || a === 'other');
  assert.deepEqual([...sets.kept()], [{ a: '2' }]);
  assert.equal(sets.find({ a: '3' })?.kind, 'admitted');
});

test('others share what is kept with a combination of that name', () => {
  const sets = labelSets(['a'], 1);
  const namesake = sets.find({ a: 'other' })?.kept;
  assert.equal(sets.find({ a: '1' })?.kept, namesake);
  assert.deepEqual([...sets.kept()], [namesake]);
});

test('combinations that differ are kept apart, whatever is in them', () => {
  const values = fc.string({ unit: fc.constantFrom('1', ':', '2', '"'), maxLength: 6 });
  const pair = fc.tuple(values, values);
  fc.assert(
    fc.property(pair, pair, (one, other) => {
      const sets = labelSets(['a', 'b'], 10);
      const [first, second] = [one, other].map(([a, b]) => sets.find({ a, b })?.kept);
      assert.equal(first === second, one.join('\0') === other.join('\0'));
    }),
    { numRuns: 1000 },
  );
});

test('values of strangers are short, on one line, and without the mark between two values', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const found = labelSets(['a', 'b'], 1).find({ a, b });
      assert.equal(found?.kind, 'admitted');
      for (const value of Object.values(found?.kept ?? {})) {
        assert.ok(value.length <= 128);
        assert.doesNotMatch(value, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp},]/u);
      }
    }),
  );
});

test('a value that is no text, as a plugin in JavaScript may give it, becomes one', () => {
  const given: Record<string, string> = JSON.parse('{"a": 200}');
  assert.deepEqual(labelSets(['a'], 1).find(given), { kind: 'admitted', kept: { a: '200' } });
});
