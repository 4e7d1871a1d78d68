import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day, days, daysBetween, list, octets } from '../../../src/cli/doctor/words.ts';

test('amounts of octets are short', () => {
  const cases: readonly [number, string][] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [20 * 1024 ** 2, '20 MB'],
    [3 * 1024 ** 5, '3072 TB'],
  ];
  for (const [count, words] of cases) assert.equal(octets(count), words);
});

test('days are counted in full', () => {
  const start = Date.UTC(2026, 0, 1);
  assert.equal(day(start), '2026-01-01');
  assert.equal(daysBetween(start, start + 86_400_000 * 2 - 1), 1);
  assert.equal(days(1), '1 day');
  assert.equal(days(0), '0 days');
});

test('a long list says how much is left out', () => {
  assert.equal(list(['a', 'b']), 'a, b');
  assert.equal(list(['a', 'b', 'c'], 2), 'a, b and 1 more');
});
