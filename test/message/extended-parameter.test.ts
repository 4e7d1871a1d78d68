import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extendedValues, percentDecode } from '../../src/message/extended-parameter.ts';
import { parseMimeValue } from '../../src/message/mime-parameters.ts';

for (const [name, raw, likeliest] of [
  ['a charset', "n*=iso-8859-1'de'%FCber.txt", 'über.txt'],
  ['an empty charset', "n*=''%C3%BCber.txt", 'über.txt'],
  ['no charset part', 'n*=%C3%BCber.txt', 'über.txt'],
  ['an unknown charset', "n*=x-none''%FCber", 'über'],
  ['sections', 'n*0="long "; n*1="name.txt"', 'long name.txt'],
  ['sections out of order', 'n*1=b; n*0=a', 'ab'],
  [
    'more than ten sections',
    [...Array(12).keys()].map((i) => `n*${i}=${i}.`).join(';'),
    '0.1.2.3.4.5.6.7.8.9.10.11.',
  ],
  ['encoded and plain sections', "n*0*=utf-8''%C3%BC; n*1=ber; n*2*=%2Etxt", 'über.txt'],
  ['a character split over sections', "n*0*=utf-8''%C3; n*1*=%BC", 'ü'],
  ['broken escapes', "n*=utf-8''a%ZZ%4", 'a%ZZ%4'],
] as const) {
  test(`an extended parameter is read with ${name}`, () => {
    assert.equal(extendedValues(parseMimeValue(`a/b; ${raw}`).parameters, 'n')[0], likeliest);
  });
}

test('a gap and a repeated section give every reading', () => {
  const { parameters } = parseMimeValue('a/b; n*0=a; n*0=b; n*2=.exe');
  const values = extendedValues(parameters, 'n');
  for (const expected of ['a', 'a.exe', 'b', 'b.exe'])
    assert.ok(values.includes(expected), expected);
});

test('other parameters are left alone', () => {
  const { parameters } = parseMimeValue('a/b; n=1; name*0=2; n*x=3; n**=4; n*-1=5');
  assert.deepEqual(extendedValues(parameters, 'n'), []);
});

test('percent escapes become octets', () => {
  assert.deepEqual(percentDecode('a%00%ff%'), Buffer.from('a\0\xff%', 'latin1'));
});
