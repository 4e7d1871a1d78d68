import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, suggest } from '../../src/config/suggestion.ts';

const known = ['timeout', 'on_error', 'on_block', 'options', 'name', 'use', 'max_sessions'];

const cases: readonly (readonly [string, string | undefined])[] = [
  ['timout', 'timeout'],
  ['tiemout', 'timeout'],
  ['timeouts', 'timeout'],
  ['Timeout', 'timeout'],
  ['on-error', 'on_error'],
  ['maxSessions', 'max_sessions'],
  ['max-sesions', 'max_sessions'],
  ['nmae', 'name'],
  ['us', 'use'],
  ['x', undefined],
  ['frequency', undefined],
  ['', undefined],
];

for (const [word, meant] of cases) {
  test(`for ${JSON.stringify(word)} the suggestion is ${meant ?? 'none'}`, () => {
    assert.equal(suggest(word, known), meant);
  });
}

test('a word is at distance 0 from itself only, and distance is the same both ways', () => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      assert.equal(editDistance(left, left), 0);
      assert.equal(editDistance(left, right), editDistance(right, left));
      assert.equal(editDistance(left, right) === 0, left === right);
    }),
  );
});

test('one edit is at distance 1', () => {
  for (const changed of ['abc', 'abdc', 'abxd', 'abcdx', 'bacd']) {
    assert.equal(editDistance('abcd', changed), 1, changed);
  }
});
