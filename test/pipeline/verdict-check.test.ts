import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictFrom } from '../../src/pipeline/verdict-check.ts';
import { block, flag, pass, tempfail } from '../../src/plugin-api/verdict.ts';

test('a verdict stays what it is', () => {
  const about = { explanation: 'e', part: 'p', evidence: 'v', paths: ['1.2', '1.3'] };
  const verdicts = [
    pass(),
    flag('x'),
    flag('x', 'y'),
    block('x'),
    block('x', about),
    tempfail('z'),
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
