// Owns the command line of the fuzzer: npm run fuzz -- [--target multiline] [--runs 200000] [--seed 1]
// [--growth]. A failing input is printed and kept beside the other runs' inputs in the system's
// temporary folder, so that it can be moved into the corpus once the defect is fixed.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { BlockCoverage } from './block-coverage.ts';
import { readSeeds } from './corpus.ts';
import { type FuzzOptions, fuzz } from './fuzzer.ts';
import { measureGrowth } from './growth.ts';
import type { FuzzTarget } from './target.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    'max-octets': { type: 'string', default: '1024' },
    growth: { type: 'boolean', default: false },
  },
});

function toCount(option: 'runs' | 'seed' | 'max-octets'): number {
  const count = Number(values[option]);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`--${option} takes a number`);
  return count;
}

function report(target: FuzzTarget, coverage: BlockCoverage, options: FuzzOptions): void {
  const seeds = readSeeds(target.name).map(({ input }) => input);
  const outcome = fuzz(target, seeds, coverage, options);
  const facts = `${target.name}: seed ${options.seed}, at most ${options.runs} runs`;
  if (outcome.kind === 'passed') {
    const { found, reachedOctets } = outcome;
    console.log(`${facts}, ${reachedOctets} octets of code reached, ${found.length} inputs found`);
    return;
  }
  const file = join(mkdtempSync(join(tmpdir(), 'postern-fuzz-')), target.name);
  writeFileSync(file, outcome.input);
  console.error(`${facts}: FAILED, input in ${file}`);
  console.error(inspect(outcome.input.toString('latin1')), outcome.error);
  process.exitCode = 1;
}

function reportGrowth(target: FuzzTarget): void {
  const seeds = readSeeds(target.name).map(({ input }) => input);
  const { shapes, superLinear, maxCostPerOctetUs } = measureGrowth(target, seeds);
  const facts = `${shapes} shapes, at most ${maxCostPerOctetUs.toFixed(2)} us per octet`;
  console.log(`${target.name}: ${facts}, ${superLinear.length} grow faster than their size`);
  for (const each of superLinear) console.log(' ', each);
  if (superLinear.length > 0) process.exitCode = 1;
}

using coverage = values.growth
  ? undefined
  : new BlockCoverage(/\/src\/(?:pop3|message|proxy-protocol)\//);
const { targets } = await import('./targets/all.ts');
const chosen = targets.filter(({ name }) => name === (values.target ?? name));
if (chosen.length === 0) {
  throw new Error(`targets: ${targets.map(({ name }) => name).join(', ')}`);
}
const options = {
  seed: toCount('seed'),
  runs: toCount('runs'),
  maxOctets: toCount('max-octets'),
};
for (const target of chosen) {
  if (coverage === undefined) reportGrowth(target);
  else report(target, coverage, options);
}
