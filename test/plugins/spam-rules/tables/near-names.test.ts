import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOneChange, NearNames } from '../../../../plugins/spam-rules/tables/near-names.ts';

const pairs: readonly (readonly [string, string, boolean])[] = [
  ['paypal', 'paypall', true],
  ['paypal', 'papal', true],
  ['paypal', 'paypol', true],
  ['paypal', 'paypla', true],
  ['paypal', 'paypal', false],
  ['paypal', 'playpall', false],
  ['paypal', 'lapyap', false],
  ['ab', 'ba', true],
];

for (const [one, other, isNear] of pairs) {
  test(`${one} and ${other} are ${isNear ? '' : 'not '}one change apart`, () => {
    assert.equal(isOneChange(one, other), isNear);
    assert.equal(isOneChange(other, one), isNear);
  });
}

test('a look-up finds what a comparison with every name finds', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), name, (names, wanted) => {
      const found = new NearNames(names).find(wanted);
      assert.equal(
        found !== undefined,
        names.some((each) => isOneChange(each, wanted)),
      );
    }),
  );
});

test('a name that no host can have is not looked for', () => {
  assert.equal(new NearNames(['a'.repeat(64)]).find('a'.repeat(65)), undefined);
});
