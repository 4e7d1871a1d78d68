import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimise } from './minimise.ts';
import { mutate } from './mutation.ts';
import { Random } from './random.ts';

const corpus = [Buffer.from('first line\r\n'), Buffer.from('second')];

function series(seed: number): string[] {
  const source = { random: new Random(seed), corpus, dictionary: ['TOKEN'], maxOctets: 20 };
  return Array.from({ length: 500 }, () =>
    mutate(source.random.pick(corpus), source).toString('latin1'),
  );
}

test('a seed gives the same inputs every time, and another seed gives others', () => {
  assert.deepEqual(series(5), series(5));
  assert.notDeepEqual(series(5), series(6));
});

test('inputs differ, hold words of the dictionary and stay within the limit', () => {
  const inputs = series(1);
  assert.ok(new Set(inputs).size > 300);
  assert.ok(inputs.some((input) => input.includes('TOKEN')));
  assert.ok(inputs.every((input) => input.length <= 20));
});

test('a mutation leaves the corpus as it is', () => {
  const before = corpus.map((input) => input.toString('latin1'));
  series(2);
  assert.deepEqual(
    corpus.map((input) => input.toString('latin1')),
    before,
  );
});

test('an input is made small while it fails, and plain where that makes no difference', () => {
  const fails = (input: Buffer): boolean => input.includes('x') && input.length >= 3;
  const smallest = minimise(Buffer.from('a long input with x in it'), fails).toString('latin1');
  assert.match(smallest, /^(?:xaa|axa|aax)$/);
});
