import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ReadAheadWindow } from '../../src/proxy/read-ahead-window.ts';

/** What is ahead within the window, nearest first. */
function ahead(window: ReadAheadWindow, count: number): number[] {
  const numbers: number[] = [];
  let number = window.next(count);
  while (number !== undefined && numbers.length < window.size) {
    numbers.push(number);
    number = window.next(count, number);
  }
  return numbers;
}

test('nothing is ahead before the first message', () => {
  assert.deepEqual(ahead(new ReadAheadWindow(64), 10), []);
});

test('two messages at first, twice as many after each right guess, up to the limit', () => {
  const window = new ReadAheadWindow(16);
  const sizes = [1, 2, 3, 4, 5, 6].map((number, index) => {
    window.asked(number, index === 0 ? 'wrong' : 'right');
    return ahead(window, 1000).length;
  });
  assert.deepEqual(sizes, [2, 4, 8, 16, 16, 16]);
});

test('a client that goes backwards is followed', () => {
  const window = new ReadAheadWindow(64);
  window.asked(9, 'wrong');
  window.asked(8, 'wrong');
  assert.deepEqual(ahead(window, 9), [7, 6]);
  window.asked(7, 'right');
  assert.deepEqual(ahead(window, 9), [6, 5, 4, 3]);
});

test('a jump halves the window, down to one; the neighbour and the same once more do not', () => {
  const window = new ReadAheadWindow(64);
  for (const [number, guess] of [
    [1, 'wrong'],
    [2, 'right'],
    [3, 'right'],
  ] as const) {
    window.asked(number, guess);
  }
  assert.equal(window.size, 8);
  for (const number of [4, 4]) window.asked(number, 'wrong');
  assert.equal(window.size, 8);
  const sizes = [40, 4, 40, 4].map((number) => {
    window.asked(number, 'wrong');
    return window.size;
  });
  assert.deepEqual(sizes, [4, 2, 1, 1]);
});

test('whatever a client asks for, what is ahead exists and is in bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.array(fc.tuple(fc.nat(2000), fc.constantFrom('right' as const, 'wrong' as const))),
      (count, asks) => {
        const window = new ReadAheadWindow(64);
        for (const [index, guess] of asks) {
          window.asked((index % count) + 1, guess);
          assert.ok(window.size >= 1 && window.size <= 64);
          const numbers = ahead(window, count);
          assert.equal(new Set(numbers).size, numbers.length);
          assert.ok(numbers.every((number) => number >= 1 && number <= count));
        }
      },
    ),
  );
});

test('only a bounded number of messages is looked at, however many the client has had', () => {
  const window = new ReadAheadWindow(64);
  window.asked(1, 'wrong');
  let looked = 0;
  for (let at = window.next(100_000); at !== undefined; at = window.next(100_000, at)) looked += 1;
  assert.ok(looked < 1000, `${looked}`);
});

test('what lies behind the client, or further ahead than the window, is not held', () => {
  const window = new ReadAheadWindow(64);
  assert.equal(window.holds(1), false);
  window.asked(10, 'wrong');
  assert.deepEqual(
    [8, 9, 10, 11, 12, 13].filter((number) => window.holds(number)),
    [11, 12],
  );
  window.asked(9, 'wrong');
  assert.deepEqual(
    [6, 7, 8, 9, 10, 11].filter((number) => window.holds(number)),
    [7, 8],
  );
});
