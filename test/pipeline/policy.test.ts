import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/pipeline/policy.ts';
import type { Action } from '../../src/plugin-api/context.ts';
import { block, flag, pass, tempfail, type Verdict } from '../../src/plugin-api/verdict.ts';
import { loaded } from '../helpers/pipeline.ts';

const onBlocks = ['pass', 'tag', 'defer', 'replace'] as const;
const plugins = onBlocks.map((onBlock) => loaded({}, { name: onBlock, onBlock }));
const bad = block('bad');

const table: readonly (readonly [Action, ...(readonly [string, Verdict])[]])[] = [
  ['pass'],
  ['pass', ['replace', pass()]],
  ['pass', ['replace', flag('odd')]],
  ['defer', ['pass', tempfail('down')]],
  ['pass', ['pass', bad]],
  ['tag', ['tag', bad]],
  ['defer', ['defer', bad]],
  ['replace', ['replace', bad]],
  ['tag', ['pass', bad], ['tag', bad]],
  ['defer', ['defer', bad], ['tag', bad]],
  ['defer', ['tag', bad], ['pass', tempfail('down')]],
  // What is known to be bad is replaced even when another scanner is down.
  ['replace', ['replace', bad], ['pass', tempfail('down')]],
  ['replace', ['defer', bad], ['replace', bad]],
  // Findings of Postern itself have no policy of their own.
  ['replace', ['postern', bad]],
];

for (const [action, ...given] of table) {
  const words = given.map(([plugin, { kind }]) => `${kind} under on_block: ${plugin}`).join(', ');
  test(`${words === '' ? 'no verdict' : words} means ${action}`, () => {
    const verdicts = given.map(([plugin, verdict]) => ({ plugin, verdict }));
    assert.equal(decide(verdicts, plugins).action, action);
  });
}

test('the order of verdicts makes no difference to the action', () => {
  const verdict = fc.constantFrom(pass(), flag('odd'), bad, tempfail('down'));
  const named = fc.record({ plugin: fc.constantFrom(...onBlocks), verdict });
  fc.assert(
    fc.property(fc.array(named), (verdicts) => {
      assert.equal(decide(verdicts, plugins).action, decide(verdicts.toReversed(), plugins).action);
    }),
  );
});

test('findings that are acted upon are named, in their order', () => {
  const other = block('other');
  const decision = decide(
    [
      { plugin: 'tag', verdict: bad },
      { plugin: 'pass', verdict: block('ignored') },
      { plugin: 'replace', verdict: other },
    ],
    plugins,
  );
  assert.deepEqual(decision, {
    action: 'replace',
    findings: [
      { plugin: 'tag', block: bad },
      { plugin: 'replace', block: other },
    ],
  });
});

test('a deferral names its reason', () => {
  assert.deepEqual(decide([{ plugin: 'pass', verdict: tempfail('no engine') }], plugins), {
    action: 'defer',
    reason: 'no engine',
  });
  assert.deepEqual(decide([{ plugin: 'defer', verdict: bad }], plugins), {
    action: 'defer',
    reason: 'bad',
  });
});
