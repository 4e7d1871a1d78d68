import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type LanguageChoice,
  type LanguageHints,
  noticeLanguage,
  supportedLanguage,
} from '../../../src/pipeline/notice/language.ts';

const auto: LanguageChoice = { language: 'auto', defaultLanguage: 'en', languages: [] };
const unknown: LanguageHints = {
  user: 'kim@example.de',
  sessionLanguage: undefined,
  contentLanguage: undefined,
};
const germans = { accounts: ['*@example.at', '*@example.de'], language: 'de' };

const cases: Readonly<
  Record<string, { choice?: Partial<LanguageChoice>; hints?: Partial<LanguageHints>; is: string }>
> = {
  'without any hint it is the default': { choice: { defaultLanguage: 'fr' }, is: 'fr' },
  'a fixed language wins over everything': {
    choice: { language: 'es', languages: [germans] },
    hints: { sessionLanguage: 'fr', contentLanguage: 'fr' },
    is: 'es',
  },
  'the account comes first': {
    choice: { languages: [germans] },
    hints: { sessionLanguage: 'fr', contentLanguage: 'es' },
    is: 'de',
  },
  'the first rule that fits decides': {
    choice: { languages: [germans, { accounts: ['kim@*'], language: 'es' }] },
    is: 'de',
  },
  'a rule for others does not count': {
    choice: { languages: [{ accounts: ['*@example.com'], language: 'de' }] },
    is: 'en',
  },
  'LANG comes before the message': {
    hints: { sessionLanguage: 'fr', contentLanguage: 'es' },
    is: 'fr',
  },
  'the language of the message comes last': { hints: { contentLanguage: 'es' }, is: 'es' },
  'of several languages the first that can be had': {
    hints: { contentLanguage: 'zh-CN, pt , DE-at' },
    is: 'de',
  },
  'a language that cannot be had is passed over': { hints: { sessionLanguage: 'ja' }, is: 'en' },
  'a default that cannot be had gives English': { choice: { defaultLanguage: 'ja' }, is: 'en' },
  "the language of i-default is nobody's choice": {
    choice: { defaultLanguage: 'fr' },
    hints: { sessionLanguage: 'i-default' },
    is: 'fr',
  },
  'a hostile header is no language': {
    hints: { contentLanguage: `${'de-'.repeat(9999)}` },
    is: 'de',
  },
};

for (const [name, { choice, hints, is }] of Object.entries(cases)) {
  test(name, () => {
    assert.equal(noticeLanguage({ ...auto, ...choice }, { ...unknown, ...hints }), is);
  });
}

test('a language of which there is a template can be had', () => {
  const templates = new Set(['nl', 'de-ch']);
  assert.equal(supportedLanguage('nl-BE', templates), 'nl');
  assert.equal(supportedLanguage('de-CH', templates), 'de-ch');
  assert.equal(supportedLanguage('de-AT', templates), 'de');
  assert.equal(supportedLanguage('ja', templates), undefined);
  assert.equal(noticeLanguage({ ...auto, language: 'nl' }, unknown, templates), 'nl');
});
