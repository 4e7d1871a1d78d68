import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spamSchema } from '../../src/config/spam-schema.ts';
import type { Place } from '../../src/pipeline/policy.ts';
import { compileSpamPolicy } from '../../src/pipeline/spam-policy.ts';
import type { Action, SpamAssessment } from '../../src/plugin-api/observation.ts';

const place: Place = {
  listener: 'pop3',
  route: 'default',
  user: 'ann@example.org',
  clientAddress: '192.0.2.1',
};

function actionOn(result: SpamAssessment['result'], options: object, where = place) {
  const policy = compileSpamPolicy(spamSchema.parse(options));
  const assessment = { result, probability: 0.5, logOdds: 0, parts: [], decidedBy: undefined };
  return policy.verdictOn(assessment, where)?.action;
}

const rules = {
  on_spam: 'hold',
  policy: [
    { verdict: 'spam', accounts: ['*@example.org'], action: 'hide' },
    { networks: ['192.0.2.0/24'], action: 'tag' },
  ],
};

const bob = { ...place, user: 'bob@example.net' };

const cases: readonly [string, SpamAssessment['result'], object, Place, Action | undefined][] = [
  ['spam is tagged by default', 'spam', {}, place, 'tag'],
  ['what may be spam passes by default', 'unsure', {}, place, 'pass'],
  ['ham is no verdict', 'ham', { on_spam: 'hide', on_unsure: 'hide' }, place, undefined],
  ['the first rule that fits decides', 'spam', rules, place, 'hide'],
  ['a rule for spam is none for doubt', 'unsure', rules, place, 'tag'],
  ['a rule without result is for both', 'spam', rules, bob, 'tag'],
  ['else the action for all', 'spam', rules, { ...bob, clientAddress: '203.0.113.1' }, 'hold'],
];

for (const [name, result, options, where, action] of cases) {
  test(name, () => {
    assert.equal(actionOn(result, options, where), action);
  });
}

test('all actions that may follow are known in advance', () => {
  const { actions } = compileSpamPolicy(spamSchema.parse(rules));
  assert.deepEqual(new Set(actions), new Set(['hold', 'pass', 'hide', 'tag']));
});

for (const [options, message] of [
  [{ spam_from: 0 }, /expected a probability/],
  [{ spam_from: 1 }, /expected a probability/],
  [{ spam_from: 0.5, unsure_from: 0.6 }, /expected at most spam_from, which is 0.5/],
  [{ weights: { a: -1 } }, /expected a number from 0 to 10/],
  [{ on_spam: 'strip' }, /expected/],
  [{ flag_header: 'X-Postern-Spam' }, /not with X-Postern-/],
  [{ flag_header: 'Subject' }, /starts with X-/],
  [{ subject_tag: 'a\nb' }, /one line/],
  [{ policy: [{ verdict: 'block', action: 'tag' }] }, /expected/],
] as const) {
  test(`${JSON.stringify(options)} is refused`, () => {
    const result = spamSchema.safeParse(options);
    assert.match(result.error?.issues[0]?.message ?? 'accepted', message);
  });
}
