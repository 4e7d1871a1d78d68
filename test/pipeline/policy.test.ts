import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNetwork } from '../../src/base/network.ts';
import type { PolicyRule } from '../../src/config/schema.ts';
import { compilePolicy, decide, type Place } from '../../src/pipeline/policy.ts';
import type { Action, NamedVerdict } from '../../src/plugin-api/observation.ts';
import { block, flag, pass, tempfail, type Verdict } from '../../src/plugin-api/verdict.ts';
import { plainPolicy } from '../helpers/pipeline.ts';

const actions = ['pass', 'tag', 'strip', 'defer', 'hold', 'replace', 'hide'] as const;
const bad = block('bad', { paths: ['1.2'] });

function named(action: Action, verdict: Verdict, changes: Partial<NamedVerdict> = {}) {
  return { plugin: action, verdict, engine: 'e', action, isShadow: false, ...changes };
}

const strongest: readonly (readonly [Action, ...Action[]])[] = [
  ['pass'],
  ['pass', 'pass'],
  ...actions.map((action) => [action, 'pass', action] as const),
  ['strip', 'tag', 'strip'],
  ['defer', 'strip', 'defer'],
  // What is known to be bad is kept even when another scanner is down.
  ['replace', 'replace', 'defer'],
  ['hold', 'hold', 'defer'],
  ['hide', 'replace', 'hide'],
];

for (const [action, ...given] of strongest) {
  test(`${given.join(' and ') || 'no verdict'} means ${action}`, () => {
    assert.equal(decide(given.map((each) => named(each, bad))).action, action);
  });
}

test('the order of verdicts makes no difference to the action', () => {
  const verdict = fc.constantFrom(pass(), flag('odd'), bad, tempfail('down'));
  const given = fc.tuple(fc.constantFrom(...actions), verdict, fc.boolean());
  fc.assert(
    fc.property(fc.array(given), (all) => {
      const verdicts = all.map(([action, each, isShadow]) => named(action, each, { isShadow }));
      assert.equal(decide(verdicts).action, decide(verdicts.toReversed()).action);
    }),
  );
});

test('a verdict in shadow decides nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...actions)), (all) => {
      assert.deepEqual(decide(all.map((each) => named(each, bad, { isShadow: true }))), {
        action: 'pass',
      });
    }),
  );
});

test('findings that are acted upon are named, in their order', () => {
  const other = block('other');
  const decision = decide([
    named('tag', bad),
    named('pass', block('ignored')),
    named('replace', other),
    named('hold', flag('odd')),
    named('tag', tempfail('the socket /run/x is gone')),
  ]);
  assert.deepEqual(decision, {
    action: 'replace',
    findings: [
      { plugin: 'tag', block: bad },
      { plugin: 'replace', block: other },
      { plugin: 'hold', block: block('odd') },
      // The reason is for the log; the reader learns no paths of the machine.
      {
        plugin: 'tag',
        block: block('not-checked', { explanation: 'The message could not be checked.' }),
      },
    ],
  });
});

test('a deferral names its reason', () => {
  const reason = (verdict: Verdict) => decide([named('defer', verdict)]);
  assert.deepEqual(reason(tempfail('no engine')), { action: 'defer', reason: 'no engine' });
  assert.deepEqual(reason(bad), { action: 'defer', reason: 'bad' });
});

test('strip takes out the parts of all findings that are stripped', () => {
  const decision = decide([
    named('strip', block('a', { paths: ['1.2', '1.3'] })),
    named('strip', block('b', { paths: ['1.4'] })),
    named('tag', block('c')),
    // Only tagged, whatever it is a part of.
    named('tag', block('d', { paths: ['1.5', '1'] })),
  ]);
  assert.deepEqual(decision.action === 'strip' && decision.paths, ['1.2', '1.3', '1.4']);
});

test('strip without paths, or of the whole message, replaces it', () => {
  for (const verdict of [block('a'), block('a', { paths: [] }), block('a', { paths: ['1'] })]) {
    assert.equal(decide([named('strip', verdict)]).action, 'replace');
  }
});

const place: Place = {
  listener: 'office',
  route: 'provider',
  user: 'Kim@Example.org',
  clientAddress: '192.0.2.7',
};
const network = parseNetwork('192.0.2.0/24');
assert.ok(network !== undefined);

const fitting: readonly Partial<PolicyRule>[] = [
  {},
  { verdict: 'block' },
  { findings: ['Heur*'] },
  { findings: ['other', '*encrypted*'] },
  { listeners: ['office'] },
  { routes: ['provider'] },
  { accounts: ['*@example.org'] },
  { networks: [network] },
  { verdict: 'block', accounts: ['kim@*'], networks: [network], listeners: ['office'] },
];
const unfitting: readonly Partial<PolicyRule>[] = [
  { verdict: 'flag' },
  { findings: ['Heuristics'] },
  { listeners: ['home'] },
  { routes: ['other'] },
  { accounts: ['*@example.net', 'kim'] },
  { networks: [{ ...network, address: '198.51.100.0' }] },
  { accounts: ['*@example.org'], listeners: ['home'] },
];
const verdict = block('Heuristics.Encrypted.Zip');

for (const rule of fitting) {
  test(`a rule of ${JSON.stringify(rule)} decides`, () => {
    const policy = compilePolicy({ ...plainPolicy, rules: [{ action: 'hold', ...rule }] });
    assert.equal(policy(verdict, place), 'hold');
  });
}

for (const rule of unfitting) {
  test(`a rule of ${JSON.stringify(rule)} is passed over`, () => {
    const policy = compilePolicy({ ...plainPolicy, rules: [{ action: 'hold', ...rule }] });
    assert.equal(policy(verdict, place), 'replace');
  });
}

test('the first rule that fits decides, and nothing found is never acted upon', () => {
  const policy = compilePolicy({ ...plainPolicy, rules: [{ action: 'tag' }, { action: 'hide' }] });
  assert.equal(policy(verdict, place), 'tag');
  assert.equal(policy(pass(), place), 'pass');
});

test('without rules each kind of verdict has its own action', () => {
  const policy = compilePolicy({
    onBlock: 'strip',
    onFlag: 'tag',
    onTempfail: 'hold',
    rules: [],
  });
  const kinds = [verdict, flag('odd'), tempfail('down'), pass()];
  assert.deepEqual(
    kinds.map((each) => policy(each, place)),
    ['strip', 'tag', 'hold', 'pass'],
  );
});
