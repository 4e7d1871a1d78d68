import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spamSchema } from '../../src/config/spam-schema.ts';
import { assessSpam } from '../../src/pipeline/spam-assessment.ts';
import type { NamedVerdict } from '../../src/plugin-api/observation.ts';
import { flag, pass, score, type Verdict } from '../../src/plugin-api/verdict.ts';

const config = spamSchema.parse({});

function by(plugin: string, verdict: Verdict, changes: Partial<NamedVerdict> = {}): NamedVerdict {
  return { plugin, verdict, engine: plugin, action: 'pass', isShadow: false, ...changes };
}

test('without a score there is nothing to say', () => {
  assert.equal(assessSpam([by('a', pass()), by('b', flag('x'))], config), undefined);
});

const results = [
  [[-3], 'ham', 0.0474],
  [[-0.1], 'ham', 0.475],
  [[0], 'unsure', 0.5],
  [[2], 'unsure', 0.8808],
  [[2.2], 'spam', 0.9002],
  [[1.2, 1.2], 'spam', 0.9168],
  [[5, -5], 'unsure', 0.5],
  [[20, 20], 'spam', 1],
] as const;

for (const [scores, result, probability] of results) {
  test(`scores of ${scores.join(' and ')} are ${result}`, () => {
    const verdicts = scores.map((each, index) => by(`engine ${index}`, score(each)));
    const assessment = assessSpam(verdicts, config);
    assert.equal(assessment?.result, result);
    assert.ok(Math.abs((assessment?.probability ?? 0) - probability) < 1e-4);
  });
}

test('a weight is for the plugin of that name alone', () => {
  const weights = { a: 0.5, constructor: 3 };
  const reasons = [{ name: 'r', logOdds: 4 }];
  const verdicts = [by('a', score(4, reasons)), by('b', score(1)), by('toString', score(1))];
  const assessment = assessSpam(verdicts, { ...config, weights });
  assert.equal(assessment?.logOdds, 4);
  assert.deepEqual(assessment?.parts, [
    { plugin: 'a', logOdds: 4, weight: 0.5, reasons },
    { plugin: 'b', logOdds: 1, weight: 1, reasons: [] },
    { plugin: 'toString', logOdds: 1, weight: 1, reasons: [] },
  ]);
});

test('what the reader has decided stands against all engines, and the first such decision counts', () => {
  const verdicts = [
    by('words', score(15)),
    by('lists', score(-20, [], { isFinal: true })),
    by('others', score(20, [], { isFinal: true })),
  ];
  const assessment = assessSpam(verdicts, config);
  assert.equal(assessment?.result, 'ham');
  assert.equal(assessment?.decidedBy, 'lists');
  assert.equal(assessment?.parts.length, 3);
});

test('a plugin without weight decides nothing, and is shown', () => {
  const verdicts = [by('lists', score(-20, [], { isFinal: true })), by('words', score(15))];
  const assessment = assessSpam(verdicts, { ...config, weights: { lists: 0 } });
  assert.equal(assessment?.result, 'spam');
  assert.equal(assessment?.decidedBy, undefined);
  assert.equal(assessment?.parts.length, 2);
});

test('a plugin in shadow has no part in it', () => {
  const shadow = by('a', score(20, [], { isFinal: true }), { isShadow: true });
  assert.equal(assessSpam([shadow], config), undefined);
  assert.equal(assessSpam([shadow, by('b', score(-1))], config)?.result, 'ham');
});

test('more evidence for spam never makes a message less suspect', () => {
  const points = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(fc.array(points, { maxLength: 5 }), points, (all, more) => {
      const verdicts = all.map((each, index) => by(`e${index}`, score(each)));
      const before = assessSpam(verdicts, config)?.probability ?? 0.5;
      const after = assessSpam([...verdicts, by('m', score(Math.abs(more)))], config);
      assert.ok((after?.probability ?? 0) >= before - 1e-12);
    }),
  );
});
