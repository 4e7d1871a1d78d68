import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { activeRules, builtInNames } from '../../../../plugins/spam-rules/active-rules.ts';
import { evaluate, toVerdict } from '../../../../plugins/spam-rules/evaluation.ts';
import { textKinds } from '../../../../plugins/spam-rules/own/condition.ts';
import { loadRules } from '../../../../plugins/spam-rules/own/load-rules.ts';
import { runTests } from '../../../../plugins/spam-rules/rule-tests.ts';
import { ConfigError, formatProblem } from '../../../../src/config/problem.ts';
import { temporaryFolder } from '../../../helpers/process.ts';
import { letterOf } from '../letter-of.ts';

const conditions = join(import.meta.dirname, 'conditions.yaml');
const { rules, tests } = await loadRules(conditions, builtInNames, []);
const active = activeRules(new Map(), rules);

for (const each of tests) {
  test(`the condition of ${each.rule} holds where it should, and nowhere else`, async () => {
    const report = await runTests([each], {
      readMessage: () => assert.fail('these tests have no files'),
      hits: async (message) => {
        const hits = await evaluate(active, await letterOf(message));
        return new Map(hits.map((hit) => [hit.rule.name, hit.evidence]));
      },
    });
    assert.deepEqual(report.failures, []);
    assert.equal(report.passed, each.hits.length + each.misses.length);
  });
}

test('every kind of text has its condition tested', () => {
  const used = new Set(rules.map(({ when }) => when.kind));
  for (const kind of textKinds) assert.ok(used.has(kind), kind);
});

test('points are turned into log-odds, five of them into three', () => {
  assert.equal(rules.find(({ name }) => name === 'of-other-rules')?.logOdds, 3);
});

test('a rule that is switched off still counts for those that ask about it', async () => {
  const off = activeRules(new Map([['message-id-missing', 0]]), rules);
  const hits = await evaluate(off, await letterOf(Buffer.from('Subject: ab\r\n\r\n')));
  const { reasons } = toVerdict(hits, 20);
  const names = reasons.map(({ name }) => name);
  assert.ok(names.includes('of-other-rules'));
  assert.ok(!names.includes('message-id-missing'));
});

const wrong: readonly (readonly [string, string, string])[] = [
  [
    'two comparisons',
    'rules:\n  - name: a\n    score: 1\n    when: {subject: {contains: x, glob: y}}\n',
    '4:12: rules[0].when.subject: expected exactly one of contains, equals, glob and matches',
  ],
  [
    'an unknown condition',
    'rules:\n  - name: a\n    score: 1\n    when: {any: [{rule: from-missing}, {subjekt: {contains: x}}]}\n',
    "4:41: rules[0].when.any[1].subjekt: unknown key 'subjekt'",
  ],
  [
    'two conditions in one place',
    'rules:\n  - name: a\n    score: 1\n    when: {subject: {contains: x}, rule: from-missing}\n',
    '4:5: rules[0].when: expected exactly one of all, any',
  ],
  [
    'an expression that is none',
    'rules:\n  - {name: a, score: 1, when: {text: {matches: "(a"}}}\n',
    '2:48: rules[0].when.text.matches: not an expression that RE2 takes: error parsing regexp',
  ],
  [
    'an expression that needs more than linear time',
    'rules:\n  - {name: a, score: 1, when: {text: {matches: "(a)\\\\1"}}}\n',
    '2:48: rules[0].when.text.matches: not an expression that RE2 takes: error parsing regexp',
  ],
  [
    'score and points',
    'rules:\n  - {name: a, score: 1, points: 1, when: {rule: from-missing}}\n',
    '2:5: rules[0]: expected either score or points',
  ],
  [
    'neither score nor points',
    'rules:\n  - {name: a, when: {rule: from-missing}}\n',
    '2:5: rules[0]: expected either score or points',
  ],
  [
    'a score beyond all measure',
    'rules:\n  - {name: a, score: 21, when: {rule: from-missing}}\n',
    '2:22: rules[0].score: expected a number from -20 to 20, got 21',
  ],
  [
    'a rule that is not there',
    'rules:\n  - {name: a, score: 1, when: {not: {rule: from-mising}}}\n',
    '2:25: rules[0].when: no rule is named from-mising',
  ],
  [
    'the name of a built-in rule',
    'rules:\n  - {name: from-missing, score: 1, when: {subject: {contains: x}}}\n',
    '2:12: rules[0].name: there is another rule named from-missing',
  ],
  [
    'a name that stands twice',
    'rules:\n  - {name: a, score: 1, when: {subject: {contains: x}}}\n  - {name: a, score: 1, when: {subject: {contains: x}}}\n',
    '3:12: rules[1].name: there is another rule named a',
  ],
  [
    'a circle',
    'rules:\n  - {name: a, score: 1, when: {rule: b}}\n  - {name: b, score: 1, when: {not: {rule: a}}}\n',
    '2:25: rules[0].when: rules ask about each other in a circle',
  ],
  [
    'a test of no rule',
    'tests:\n  - rule: nothing\n    hits: ["Subject: x\\n"]\n',
    '2:11: tests[0].rule: no rule is named nothing',
  ],
  ['no YAML', 'rules: [\n', '2:1: '],
  ['an empty file', '# nothing\n', 'empty; expected a mapping'],
];

for (const [name, text, expected] of wrong) {
  test(`a file with ${name} is refused, with its line`, async () => {
    await using folder = await temporaryFolder('rules');
    const file = join(folder.path, 'rules.yaml');
    await writeFile(file, text);
    await assert.rejects(loadRules(file, builtInNames, []), (error) => {
      assert.ok(error instanceof ConfigError);
      const lines = error.problems.map(formatProblem);
      const isTold = lines.some(
        (line) => line.startsWith(`${file}:${expected}`) || line === `${file}: ${expected}`,
      );
      assert.ok(isTold, lines.join('\n'));
      return true;
    });
  });
}
