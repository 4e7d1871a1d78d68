import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration, parseSize } from '../../src/config/units.ts';

const durations: readonly (readonly [string, number | undefined])[] = [
  ['250ms', 250],
  ['30s', 30_000],
  ['30 s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0s', 0],
  ['', undefined],
  ['30', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1.5s', undefined],
  ['1e3s', undefined],
  ['30S', undefined],
  ['30sec', undefined],
  ['30  s', undefined],
  [' 30s', undefined],
  ['30s\n', undefined],
  ['1h30m', undefined],
  ['9999999999s', undefined],
];

const sizes: readonly (readonly [string, number | undefined])[] = [
  ['512B', 512],
  ['1KB', 1024],
  ['512 KB', 524_288],
  ['64MB', 67_108_864],
  ['2GB', 2_147_483_648],
  ['0B', 0],
  ['', undefined],
  ['64', undefined],
  ['64M', undefined],
  ['64mb', undefined],
  ['64 MiB', undefined],
  ['1.5GB', undefined],
  ['-1KB', undefined],
];

for (const [text, expected] of durations) {
  test(`the duration ${JSON.stringify(text)} is ${expected ?? 'refused'}`, () => {
    assert.equal(parseDuration(text), expected);
  });
}

for (const [text, expected] of sizes) {
  test(`the size ${JSON.stringify(text)} is ${expected ?? 'refused'}`, () => {
    assert.equal(parseSize(text), expected);
  });
}
