import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highestGroup, LinearPattern } from '../../src/base/linear-pattern.ts';

test('the first match is replaced, with groups, and all else stays', () => {
  const pattern = new LinearPattern('(a+)(b)?');
  assert.equal(pattern.groups, 2);
  assert.equal(pattern.replaceIn('xaab aab', '<$1|$2|$0>$$1'), 'x<aa|b|aab>$1 aab');
  assert.equal(pattern.replaceIn('xaac', '<$1|$2>'), 'x<aa|>c');
  assert.equal(pattern.replaceIn('none at Ll', ''), 'none t Ll');
  assert.equal(pattern.replaceIn('zzz', '$1'), 'zzz');
});

test('what takes exponential time elsewhere ends', () => {
  const pattern = new LinearPattern('^(([a-z])+.)+[A-Z]([a-z])+$');
  const text = 'a'.repeat(20_000);
  assert.equal(pattern.replaceIn(text, ''), text);
});

for (const source of ['(', '(a)\\1', '(?=a)', '(a{1000}){1000}']) {
  test(`${source} is refused with what is wrong`, () => {
    assert.throws(() => new LinearPattern(source), SyntaxError);
  });
}

test('the groups that a replacement names', () => {
  const cases = [
    ['', 0],
    ['a$$1', 0],
    ['$0-$2-$1', 2],
    ['$$$3', 3],
    ['$', undefined],
    ['a$b', undefined],
    ['$$$', undefined],
  ] as const;
  for (const [replacement, group] of cases) assert.equal(highestGroup(replacement), group);
});

test('a pattern is found anywhere in a text, unless it says where', () => {
  assert.equal(new LinearPattern('b+').isIn('abbc'), true);
  assert.equal(new LinearPattern('^b').isIn('abbc'), false);
  assert.equal(new LinearPattern('(?i)B').isIn('abbc'), true);
});
