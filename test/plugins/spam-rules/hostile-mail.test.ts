import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '#plugin-api';
import spamRules from '../../../plugins/spam-rules/index.ts';
import { letterLimits } from '../../../plugins/spam-rules/letter/read-letter.ts';
import { letter, verdictOf } from '../letters.ts';
import { letterOf } from './letter-of.ts';

// That these come to an end is part of what they show: they would take minutes if anything in the way
// were quadratic.

const html = (text: string): Buffer => letter('From: a@b.org', 'Content-Type: text/html', '', text);
const plain = (text: string): Buffer => letter('From: a@b.org', '', text);
const many = 300_000;

const messages: readonly (readonly [string, () => Buffer])[] = [
  ['hundred megabytes of text', () => plain('hello http://a.org '.repeat(5_500_000))],
  ['a hundred thousand header fields', () => letter(...Array(100_000).fill('X: y'), '', 'z')],
  ['thousands of From fields', () => letter(...Array(10_000).fill('From: a@b.org'), '', 'z')],
  ['thousands of authors', () => letter(`From: ${'a@b.org, '.repeat(20_000)}`, '', 'z')],
  [
    'a name of thousands of brands',
    () => letter(`From: "${'paypal '.repeat(25_000)}" <a@b.org>`, ''),
  ],
  ['marks upon marks', () => letter(`Subject: a${'\xcc\x81\xcc\xa3'.repeat(40_000)}`, '')],
  ['a subject of single letters', () => letter(`Subject: ${'a '.repeat(100_000)}`, '')],
  ['a date of parentheses', () => letter(`Date: ${'('.repeat(200_000)}`, '')],
  ['an endless id', () => letter(`Message-ID: <${'a'.repeat(200_000)}`, '')],
  ['an endless name of a machine', () => letter(`Received: from ${'a'.repeat(200_000)}`, '')],
  ['open brackets', () => html('<'.repeat(many))],
  ['elements within each other', () => html('<b>'.repeat(many))],
  ['ends of nothing', () => html(`${'<b>'.repeat(500)}${'</i>'.repeat(many)}`)],
  ['quotes that never end', () => html('<p a="'.repeat(many))],
  ['comments that never end', () => html('<!--'.repeat(many))],
  ['references', () => html('&#80;'.repeat(many))],
  [
    'links',
    () => html('<a href="http://x.org/?url=http://y.org/">http://z.org</a>'.repeat(20_000)),
  ],
  [
    'words like addresses of coins',
    () => plain('1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb '.repeat(20_000)),
  ],
  ['a word without end', () => plain('a'.repeat(many))],
  ['a Cyrillic word without end', () => plain('\xd0\xbf'.repeat(many))],
  ['lone CR and NUL', () => plain('\r\0'.repeat(many))],
];

for (const [what, message] of messages) {
  test(`judged: ${what}`, async () => {
    const verdict: Verdict | undefined = await verdictOf(spamRules, {}, message());
    assert.ok(verdict?.kind === 'score' || verdict?.kind === 'block', verdict?.kind);
    if (verdict.kind === 'score') {
      for (const { text = '' } of verdict.reasons) assert.ok(text.length < 200);
    }
  });
}

test('of ten thousand parts the first are read', async () => {
  const part = '--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n';
  const head = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
  const { parts, html: survey } = await letterOf(Buffer.from(head + part.repeat(1500)));
  assert.equal(parts.length, letterLimits.maxParts);
  assert.ok((survey?.visibleLetters ?? 0) < letterLimits.maxParts);
});

test('of a large text the beginning is read', async () => {
  const { plainText, octets } = await letterOf(plain('hello '.repeat(1_000_000)));
  assert.equal(plainText.length, letterLimits.maxPlainBytes);
  assert.ok(octets > 6_000_000);
});
