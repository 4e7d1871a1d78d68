import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latinReading, lookAlikeKey, mixesScripts } from '../../src/message/look-alike.ts';
import { lookAlikes } from '../../src/message/look-alike-table.ts';

const read: readonly (readonly [string, string, string])[] = [
  ['ASCII', 'PayPal 24', 'paypal 24'],
  ['Cyrillic', 'Рауѕе', 'payse'],
  ['Greek', 'ΜΙΚΕ', 'mike'],
  ['full width', 'ａｍａｚｏｎ', 'amazon'],
  ['mathematical letters', '𝓐𝓶𝓪𝔃𝓸𝓷', 'amazon'],
  ['marks', 'ámázòn', 'amazon'],
  ['stacked marks', `a${'\u0301\u0323'.repeat(3)}b`, 'ab'],
  ['invisible characters', 'pay\u200bp\u00adal\u2060', 'paypal'],
  ['small Cyrillic letters with the shape of capitals', 'банк', '6ahk'],
  ['Cherokee', 'ᏢᎪᎩᏢᎪᏞ', 'paypal'],
  ['letters with a stroke', 'łøđ Ł', 'lod l'],
  ['what looks like no Latin letter', '漢字 ж', '漢字 ж'],
];

for (const [what, text, reading] of read) {
  test(`${what}: ${JSON.stringify(text)} is read as ${reading}`, () => {
    assert.equal(latinReading(text), reading);
  });
}

const taken: readonly (readonly [string, string])[] = [
  ['paypal', 'paypa1'],
  ['paypal', 'PayPaI'],
  ['paypal', 'раураl'],
  ['apple', 'аррӏе'],
  ['amazon', 'amaz0n'],
  ['microsoft', 'rnicrosoft'],
  ['wells', 'vvells'],
];

for (const [text, other] of taken) {
  test(`${text} and ${other} have one key`, () => {
    assert.equal(lookAlikeKey(text), lookAlikeKey(other));
  });
}

test('words that nobody takes for each other have two keys', () => {
  for (const [text, other] of [
    ['paypal', 'payday'],
    ['amazon', 'amazing'],
    ['банк', 'бани'],
  ]) {
    assert.notEqual(lookAlikeKey(text ?? ''), lookAlikeKey(other ?? ''));
  }
});

test('a word of two scripts that look alike is noticed, and one of a single script is not', () => {
  for (const word of ['pаypal', 'Αmazon', 'ᏢayPal']) assert.ok(mixesScripts(word), word);
  for (const word of ['paypal', 'привет', 'Ελλάδα', 'café', '東京tower', 'Ωmega'.slice(1)]) {
    assert.ok(!mixesScripts(word), word);
  }
});

test('no reading in the table has letters that are read once more', () => {
  for (const [reading] of lookAlikes) assert.match(reading, /^[a-z0-9]{1,2}$/);
});

test('reading what was read changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const reading = latinReading(text);
      assert.equal(latinReading(reading), reading);
    }),
  );
});
