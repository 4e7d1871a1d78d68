import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictFrom } from '../../src/pipeline/verdict-check.ts';
import { block, flag, pass, score, tempfail } from '../../src/plugin-api/verdict.ts';

test('a verdict stays what it is', () => {
  const about = { explanation: 'e', part: 'p', evidence: 'v', paths: ['1.2', '1.3'] };
  const verdicts = [
    pass(),
    flag('x'),
    flag('x', 'y'),
    block('x'),
    block('x', about),
    tempfail('z'),
    score(-1.5),
    score(2, [
      { name: 'a', logOdds: 2 },
      { name: 'b', logOdds: -1, text: 'why' },
    ]),
    score(20, [], { isFinal: true }),
  ];
  for (const verdict of verdicts) assert.deepEqual(verdictFrom(verdict), verdict);
});

test('it is a copy that nobody can change, without anything else', () => {
  const given = { kind: 'block', finding: 'x', paths: ['1.2'], more: 'of it' };
  const verdict = verdictFrom(given);
  given.finding = 'y';
  given.paths.push('1.3');
  assert.deepEqual(verdict, block('x', { paths: ['1.2'] }));
  assert.ok(Object.isFrozen(verdict));
});

test('a score is cut to what other engines can outweigh, and has a bounded number of reasons', () => {
  const reasons = Array.from({ length: 500 }, () => ({ name: 'n'.repeat(5000), logOdds: -1e9 }));
  const verdict = verdictFrom({ kind: 'score', logOdds: Number.POSITIVE_INFINITY, reasons });
  assert.ok(verdict?.kind === 'score');
  assert.equal(verdict.logOdds, 20);
  assert.equal(verdict.reasons.length, 20);
  assert.deepEqual(verdict.reasons[0], { name: 'n'.repeat(80), logOdds: -20 });
});

for (const wrong of [
  { kind: 'score' },
  { kind: 'score', logOdds: Number.NaN, reasons: [] },
  { kind: 'score', logOdds: '1', reasons: [] },
  { kind: 'score', logOdds: 1 },
  { kind: 'score', logOdds: 1, reasons: [{ name: 'x' }] },
  { kind: 'score', logOdds: 1, reasons: [{ name: 7, logOdds: 1 }] },
  { kind: 'score', logOdds: 1, reasons: [undefined] },
  { kind: 'score', logOdds: 1, reasons: [], isFinal: 'yes' },
]) {
  test(`${JSON.stringify(wrong)} is no score`, () => {
    assert.equal(verdictFrom(wrong), undefined);
  });
}

test('every text is read once and bounded, paths are kept to the last', () => {
  let reads = 0;
  const verdict = verdictFrom({
    get kind() {
      reads += 1;
      return reads === 1 ? 'block' : 'pass';
    },
    finding: 'f'.repeat(1_000_000),
    evidence: '\ud800',
    paths: Array.from({ length: 5000 }, (_, index) => `1.${index % 2500}`),
  });
  assert.ok(verdict?.kind === 'block');
  assert.equal(verdict.finding.length, 1000);
  assert.equal(verdict.evidence, '\ufffd');
  assert.equal(verdict.paths?.length, 2500);
});
