import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BlockCoverage } from './block-coverage.ts';
import { readSeeds } from './corpus.ts';
import { fuzz } from './fuzzer.ts';

/** Few enough for every build; docs/fuzzing.md tells how to search for longer. */
const options = { seed: 1, runs: 240, maxOctets: 512 };

const coverage = new BlockCoverage(/\/src\/(?:pop3|message|proxy-protocol)\//);
after(() => coverage[Symbol.dispose]());
const { targets } = await import('./targets/all.ts');

for (const target of targets) {
  test(`${target.name}: every seed holds its invariants`, async (t) => {
    const seeds = readSeeds(target.name);
    assert.ok(seeds.length >= 8, `only ${seeds.length} seeds`);
    for (const { name, input } of seeds) await t.test(name, () => target.check(input));
  });

  test(`${target.name}: inputs made from the seeds hold its invariants`, () => {
    const seeds = readSeeds(target.name).map(({ input }) => input);
    const outcome = fuzz(target, seeds, coverage, options);
    if (outcome.kind === 'failed') {
      const input = JSON.stringify(outcome.input.toString('latin1'));
      assert.fail(`seed ${options.seed}, input ${input}: ${outcome.error}`);
    }
    assert.ok(outcome.reachedOctets > 500, 'the code under test is not counted');
  });
}

test('every folder of seeds belongs to a target, and no seed is larger than 1 KiB', () => {
  const folders = readdirSync(join(import.meta.dirname, 'corpus')).sort();
  assert.deepEqual(folders, targets.map(({ name }) => name).sort());
  const seeds = folders.flatMap((folder) => readSeeds(folder));
  assert.deepEqual(
    seeds.filter(({ input }) => input.length > 1024),
    [],
  );
});
