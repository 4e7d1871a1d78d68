import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { activeRules, builtInNames } from '../../../plugins/spam-rules/active-rules.ts';
import { builtInRules } from '../../../plugins/spam-rules/built-in-rules.ts';
import { evaluate } from '../../../plugins/spam-rules/evaluation.ts';
import { loadRules } from '../../../plugins/spam-rules/own/load-rules.ts';
import { runTests } from '../../../plugins/spam-rules/rule-tests.ts';
import { letterOf } from './letter-of.ts';

const folder = join(import.meta.dirname, 'built-in');
const rules = activeRules(new Map(), []);
const tested = new Map<string, { hits: number; misses: number }>();

for (const name of globSync('*.yaml', { cwd: folder }).sort()) {
  const { tests } = await loadRules(resolve(folder, name), builtInNames, []);
  for (const each of tests) {
    const { hits = 0, misses = 0 } = tested.get(each.rule) ?? {};
    tested.set(each.rule, {
      hits: hits + each.hits.length,
      misses: misses + each.misses.length,
    });
    test(`${each.rule} hits what it should, and nothing else`, async () => {
      const report = await runTests([each], {
        readMessage: () => assert.fail('these tests have no files'),
        hits: async (message) => {
          const hits = await evaluate(rules, await letterOf(message));
          return new Map(hits.map((hit) => [hit.rule.name, hit.evidence]));
        },
      });
      assert.deepEqual(report.failures, []);
    });
  }
}

test('every rule has a message that it hits and one that it does not', () => {
  for (const { name } of builtInRules) {
    const { hits = 0, misses = 0 } = tested.get(name) ?? {};
    assert.ok(hits > 0 && misses > 0, name);
  }
});

test('names are well formed and stand once, and what a rule is about is a sentence without a stop', () => {
  assert.equal(builtInNames.size, builtInRules.length);
  for (const { name, about, logOdds } of builtInRules) {
    assert.match(name, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/);
    assert.match(about, /[^.]$/);
    assert.ok(logOdds !== 0 && Math.abs(logOdds) <= 3, name);
  }
});
