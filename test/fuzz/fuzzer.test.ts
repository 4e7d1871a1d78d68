import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BlockCoverage } from './block-coverage.ts';
import { fuzz } from './fuzzer.ts';

const options = { seed: 1, runs: 10_000, maxOctets: 16 };

const blind = new BlockCoverage(/no-such-module/);
const coverage = new BlockCoverage(/planted-defect\.ts$/);
after(() => {
  blind[Symbol.dispose]();
  coverage[Symbol.dispose]();
});
const { plantedDefect } = await import('./planted-defect.ts');

test('a defect behind five conditions is found step by step and made small', () => {
  const outcome = fuzz(plantedDefect, [Buffer.from('any seed')], coverage, options);
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.input.toString('latin1'), '=?;*"');
  assert.ok(outcome.error instanceof TypeError);
});

test('without coverage the same number of runs does not find it', () => {
  const outcome = fuzz(plantedDefect, [Buffer.from('any seed')], blind, options);
  assert.equal(outcome.kind, 'passed');
});

test('a seed that fails is reported before anything is changed', () => {
  const outcome = fuzz(plantedDefect, [Buffer.from('=?;*" and more')], coverage, {
    ...options,
    runs: 0,
  });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.input.toString('latin1'), '=?;*"');
});
