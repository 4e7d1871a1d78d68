import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileFacts } from '../../../../plugins/attachment-policy/facts.ts';
import { optionsSchema } from '../../../../plugins/attachment-policy/options.ts';
import { defaultRules } from '../../../../plugins/attachment-policy/rules/default-rules.ts';
import {
  asksForSizes,
  findRule,
  type Rule,
} from '../../../../plugins/attachment-policy/rules/rule.ts';
import { type Trait, traits } from '../../../../plugins/attachment-policy/trait.ts';

function factsOf(
  changes: Partial<Omit<FileFacts, 'traits'>> & { traits?: Trait[] } = {},
): FileFacts {
  return {
    place: { path: '2', inside: 'message', containers: [] },
    names: ['report.docm'],
    declaredType: 'application/msword',
    detected: 'docx',
    octets: 5000,
    ...changes,
    traits: new Map(changes.traits?.map((trait) => [trait, undefined])),
  };
}

function ruleOf(match: object): readonly Rule[] {
  return optionsSchema.parse({ rules: [{ name: 'own', match, verdict: 'block' }], defaults: 'off' })
    .rules;
}

const inArchive = { path: '2', inside: 'archive', containers: ['a.zip'] } as const;

const conditions: readonly (readonly [match: object, facts: FileFacts, fits: boolean])[] = [
  [{ traits: ['macro'] }, factsOf({ traits: ['macro'] }), true],
  [{ traits: ['macro', 'script'] }, factsOf({ traits: ['script'] }), true],
  [{ traits: ['macro'] }, factsOf({ traits: ['script'] }), false],
  [{ names: ['*.DOCM'] }, factsOf(), true],
  [{ names: ['*.iso', 'report.*'] }, factsOf(), true],
  [{ names: ['*.iso'] }, factsOf(), false],
  [{ names: ['*.iso'] }, factsOf({ names: ['a.txt', 'b.iso. '] }), true],
  [{ names: ['*'] }, factsOf({ names: [] }), false],
  [{ types: ['application/ms*'] }, factsOf(), true],
  [{ types: ['image/*'] }, factsOf(), false],
  [{ types: ['*/*'] }, factsOf({ declaredType: undefined }), false],
  [{ detected: ['docx', 'xlsx'] }, factsOf(), true],
  [{ detected: ['pdf'] }, factsOf(), false],
  [{ inside: 'message', detected: ['docx'] }, factsOf(), true],
  [{ inside: 'archive', detected: ['docx'] }, factsOf(), false],
  [{ inside: 'archive' }, factsOf({ place: inArchive }), true],
  [{ inside: 'any', names: ['*'] }, factsOf({ place: inArchive }), true],
  [{ min_size: '4KB' }, factsOf(), true],
  [{ min_size: '5KB' }, factsOf(), false],
  [{ max_size: '5KB' }, factsOf(), true],
  [{ max_size: '4KB' }, factsOf(), false],
  [{ min_size: '1B' }, factsOf({ octets: undefined }), false],
  [{ max_size: '1GB' }, factsOf({ octets: undefined }), false],
  [{ names: ['*.docm'], detected: ['pdf'] }, factsOf(), false],
];

for (const [match, facts, fits] of conditions) {
  const about = `${facts.names} (${[...facts.traits.keys()]}) in a ${facts.place.inside}`;
  test(`${JSON.stringify(match)} ${fits ? 'fits' : 'does not fit'} ${about}`, () => {
    assert.equal(findRule(ruleOf(match), facts) !== undefined, fits);
  });
}

test('the first rule that fits decides, and own rules come first', () => {
  const { rules } = optionsSchema.parse({
    rules: [
      { name: 'our-macros', match: { names: ['report.docm'], traits: ['macro'] }, verdict: 'pass' },
      { name: 'later', match: { traits: ['macro'] }, verdict: 'flag' },
    ],
  });
  assert.equal(findRule(rules, factsOf({ traits: ['macro'] }))?.rule.name, 'our-macros');
  const other = factsOf({ names: ['x.docm'], traits: ['macro'] });
  assert.equal(findRule(rules, other)?.rule.name, 'later');
  assert.equal(findRule(rules, factsOf({ traits: ['executable'] }))?.rule.name, 'executable');
  assert.equal(findRule(rules, factsOf()), undefined);
});

test('a default rule can be given another verdict, or be taken out', () => {
  const { rules } = optionsSchema.parse({
    verdicts: {
      'macro-document': 'flag',
      'dangerous-extension': 'off',
      'archive-unreadable': 'block',
    },
  });
  const verdictOn = (...list: Trait[]) => findRule(rules, factsOf({ traits: list }))?.rule.verdict;
  assert.equal(verdictOn('macro'), 'flag');
  assert.equal(verdictOn('dangerous-name'), undefined);
  assert.equal(verdictOn('dangerous-name', 'executable'), 'block');
  assert.equal(verdictOn('unreadable-archive'), 'block');
});

test('without the default rules nothing is found', () => {
  const { rules } = optionsSchema.parse({ defaults: 'off' });
  assert.deepEqual(rules, []);
});

test('every trait has a default rule but the one that is ordinary', () => {
  const judged = new Set(defaultRules.flatMap(({ match }) => match.traits ?? []));
  assert.deepEqual(
    traits.filter((trait) => !judged.has(trait)),
    ['pdf-embedded-file'],
  );
  assert.equal(new Set(defaultRules.map(({ name }) => name)).size, defaultRules.length);
});

test('sizes are counted only where a rule asks for them', () => {
  assert.equal(asksForSizes(defaultRules), false);
  assert.equal(asksForSizes(ruleOf({ max_size: '1MB' })), true);
});
