import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsFor } from '../../../src/admin/training/page-words.ts';

test('the language is the first that the browser wants and that there is', () => {
  const cases = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE-at;q=0.9', 'de'],
    ['nl, fr-CA;q=0.8, en', 'fr'],
    ['*', 'en'],
    ['constructor', 'en'],
    ['__proto__, es', 'es'],
    [`${'x,'.repeat(10_000)}de`, 'en'],
  ] as const;
  for (const [wish, language] of cases) assert.equal(wordsFor(wish).language, language, wish);
});

function textsIn(words: object): string[] {
  return Object.values(words).flatMap((each: unknown) =>
    typeof each === 'object' && each !== null ? textsIn(each) : [String(each)],
  );
}

test('no language has an empty word or markup in one', () => {
  for (const language of ['en', 'de', 'fr', 'es']) {
    for (const text of textsIn(wordsFor(language).words)) {
      assert.match(text, /^[^<>&\n]{2,}$/, `${language}: ${text}`);
    }
  }
});
