import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LabelSets } from '../../src/telemetry/label-sets.ts';

test('labels that are not given are empty, one that does not exist is refused', () => {
  const sets = new LabelSets(['a', 'b'], 10);
  assert.deepEqual(sets.admit({ b: 'x' }), {
    kind: 'admitted',
    key: '["","x"]',
    labels: { a: '', b: 'x' },
  });
  assert.deepEqual(sets.admit({ c: 'x' }), { kind: 'unknownLabel' });
});

test('beyond the limit new combinations are others, known ones stay', () => {
  const sets = new LabelSets(['a'], 2);
  sets.admit({ a: '1' });
  sets.admit({ a: '2' });
  assert.deepEqual(sets.admit({ a: '3' }), {
    kind: 'overflow',
    key: '["other"]',
    labels: { a: 'other' },
  });
  assert.equal(sets.admit({ a: '1' }).kind, 'admitted');
  sets.forget('["1"]');
  assert.equal(sets.admit({ a: '3' }).kind, 'admitted');
});

test('values of strangers are short, on one line, and without the mark between two values', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const admission = new LabelSets(['a', 'b'], 1).admit({ a, b });
      assert.ok(admission.kind === 'admitted');
      for (const value of Object.values(admission.labels)) {
        assert.ok(value.length <= 128);
        assert.doesNotMatch(value, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp},]/u);
      }
    }),
  );
});

test('a value that is no text, as a plugin in JavaScript may give it, becomes one', () => {
  const given: Record<string, string> = JSON.parse('{"a": 200}');
  assert.deepEqual(new LabelSets(['a'], 1).admit(given), {
    kind: 'admitted',
    key: '["200"]',
    labels: { a: '200' },
  });
});
