import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { glob } from '../../../../plugins/attachment-policy/rules/glob.ts';

const cases: readonly (readonly [pattern: string, text: string, fits: boolean])[] = [
  ['*.iso', 'a.iso', true],
  ['*.iso', 'A.ISO', true],
  ['*.ISO', 'a.iso', true],
  ['*.iso', 'a.iso.txt', false],
  ['*.iso', 'iso', false],
  ['invoice*', 'invoice', true],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['?', 'a', true],
  ['?', '', false],
  ['a?c', 'abc', true],
  ['application/x-*', 'application/x-zip', true],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['*ab*ab', 'xababab', true],
];

for (const [pattern, text, fits] of cases) {
  test(`${pattern || 'no pattern'} ${fits ? 'fits' : 'does not fit'} ${text || 'no text'}`, () => {
    assert.equal(glob(pattern)(text), fits);
  });
}

test('a pattern fits what a regular expression of the same meaning fits', () => {
  const signs = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 });
  const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(signs, letters, (pattern, text) => {
      const source = pattern.join('').replaceAll('*', '.*').replaceAll('?', '.');
      const expected = new RegExp(`^${source}$`).test(text.join(''));
      assert.equal(glob(pattern.join(''))(text.join('')), expected);
    }),
    { numRuns: 1000 },
  );
});

test('many stars take no more than the product of both lengths', () => {
  assert.equal(glob('*a'.repeat(100))(`${'a'.repeat(50_000)}b`), false);
});
