import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinLanguages } from '../../../src/pipeline/notice/language.ts';
import { wordingOf } from '../../../src/pipeline/notice/languages.ts';

/** Every text of a wording, functions called. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function')
    return [String(value('WHOM')), String(value(1)), String(value(7))];
  return Object.values(value as object).flatMap(textsOf);
}

for (const language of builtinLanguages) {
  test(`every text in ${language} is one trimmed line that names whom it is given`, () => {
    const wording = wordingOf(language);
    const texts = textsOf(wording);
    assert.ok(texts.length > 40);
    for (const text of texts) {
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]|undefined|^ | $| {2}/u, text);
      assert.notEqual(text, '');
    }
    const { replace, hold } = wording.kinds;
    for (const { next } of [replace, hold, wording.stripped]) {
      assert.match(next('WHOM'), /WHOM.*:$/);
      assert.ok(next(wording.administrator).includes(wording.administrator));
    }
    assert.match(wording.digest.next('WHOM'), /WHOM.*\.$/);
    assert.match(wording.digest.happened(7), /7/);
    assert.notEqual(wording.digest.happened(1), wording.digest.happened(7));
  });
}

test('no language has words of another', () => {
  const sentences = builtinLanguages.map((language) => wordingOf(language).kinds.replace.happened);
  assert.equal(new Set(sentences).size, builtinLanguages.length);
  assert.equal(wordingOf('de-AT'), wordingOf('de'));
});

test('what is put into a template of another language speaks none', () => {
  const { unknown, inPart } = wordingOf('nl');
  assert.equal(unknown, '-');
  assert.equal(inPart('x.zip'), ': "x.zip"');
});
