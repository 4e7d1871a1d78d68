import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areAlike, toColor } from '../../../../plugins/spam-rules/html/color.ts';

const known: readonly (readonly [string, readonly [number, number, number]])[] = [
  ['#ff8000', [255, 128, 0]],
  [' FF8000 ', [255, 128, 0]],
  ['#f80', [255, 136, 0]],
  ['#ff800080', [255, 128, 0]],
  ['White', [255, 255, 255]],
  ['rgb(1, 2, 3)', [1, 2, 3]],
  ['rgba(1,2,3,1)', [1, 2, 3]],
  ['rgb(1 2 3 / 0.9)', [1, 2, 3]],
];

for (const [text, [red, green, blue]] of known) {
  test(`a colour: ${text}`, () => assert.deepEqual(toColor(text), { red, green, blue }));
}

for (const text of [
  '',
  'inherit',
  'transparent',
  '#12',
  'rgb(1,2)',
  'rgb(300,0,0)',
  'rgba(1,2,3,0)',
]) {
  test(`no colour: '${text}'`, () => assert.equal(toColor(text), undefined));
}

test('colours that an eye does not tell apart are alike', () => {
  const white = { red: 255, green: 255, blue: 255 };
  assert.ok(areAlike(white, { red: 250, green: 250, blue: 250 }));
  assert.ok(!areAlike(white, { red: 238, green: 238, blue: 238 }));
});
