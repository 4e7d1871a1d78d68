import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpiryWarnings } from '../../src/app/expiry-warnings.ts';

const dayMs = 86_400_000;

/** The warnings of a certificate that expires at 0, looked at twice a day. */
function warningsFrom(daysBefore: number, warnings = new ExpiryWarnings()): number[] {
  const said: number[] = [];
  for (let half = -2 * daysBefore; half <= 2; half += 1) {
    const days = warnings.due('a', 0, (half * dayMs) / 2);
    if (days !== undefined) said.push(days);
  }
  return said;
}

test('it is said 21, 7 and 1 days before, and when it has happened', () => {
  assert.deepEqual(warningsFrom(90), [21, 7, 1, 0]);
});

test('what is late when it is first seen is said once, not four times', () => {
  assert.deepEqual(warningsFrom(5), [5, 1, 0]);
  assert.deepEqual(warningsFrom(-1), [-1]);
});

test('a certificate that comes back is said again', () => {
  const warnings = new ExpiryWarnings();
  assert.equal(warnings.due('a', 0, -dayMs), 1);
  warnings.keepOnly(new Set(['a']));
  assert.equal(warnings.due('a', 0, -dayMs), undefined);
  warnings.keepOnly(new Set());
  assert.equal(warnings.due('a', 0, -dayMs), 1);
});
