import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob } from '../../src/base/glob.ts';

const fitting: readonly (readonly [pattern: string, text: string])[] = [
  ['', ''],
  ['*', ''],
  ['*', 'anything'],
  ['kim', 'KIM'],
  ['*@example.org', 'kim@example.org'],
  ['k?m', 'kim'],
  ['a*b*c', 'aXXbYYbc'],
  ['**c', 'abc'],
  ['a.b', 'a.b'],
];
const unfitting: readonly (readonly [pattern: string, text: string])[] = [
  ['', 'a'],
  ['?', ''],
  ['kim', 'kima'],
  ['*@example.org', 'kim@example.org.evil'],
  ['a.b', 'axb'],
  ['a*b*c', 'aXXbYY'],
];

for (const [pattern, text] of fitting) {
  test(`'${pattern}' fits '${text}'`, () => assert.ok(matchesGlob(pattern, text)));
}

for (const [pattern, text] of unfitting) {
  test(`'${pattern}' does not fit '${text}'`, () => assert.ok(!matchesGlob(pattern, text)));
}

test('a pattern means what the regular expression of the same form means', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?')).map((signs) => signs.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', 'c')).map((letters) => letters.join(''));
  fc.assert(
    fc.property(pattern, text, (given, over) => {
      const expression = new RegExp(`^${given.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(matchesGlob(given, over), expression.test(over));
    }),
    { numRuns: 500 },
  );
});
