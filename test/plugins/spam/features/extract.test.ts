import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import type { Features } from '../../../../plugins/spam/features/features.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';

function featuresOf(text: string, fields: readonly string[] = []): Features {
  return extractFeatures(
    sampleOf(Buffer.from([...fields, 'From: a@b.example', '', text].join('\r\n'))),
  );
}

function shareOf(some: Uint32Array, others: Uint32Array): number {
  const known = new Set(others);
  return some.filter((each) => known.has(each)).length / some.length;
}

test('letters of other scripts, invisible ones and split words lead to the same words', () => {
  const plain = featuresOf('claim your unclaimed funds today').words;
  const cases = [
    'claim your uncl\u0430im\u0435d funds today',
    'claim your un\u00adclaimed fu\u200bnds today',
    'claim your \uff55\uff4eclaimed funds today',
    'CLAIM your UNCLAIMED funds TODAY',
  ];
  const utf8 = ['Content-Type: text/plain; charset=utf-8'];
  for (const text of cases) assert.equal(shareOf(plain, featuresOf(text, utf8).words), 1, text);
  const spaced = featuresOf('the p i l l s are here').words;
  const [pills] = featuresOf('pills').words;
  assert.ok(pills !== undefined && spaced.includes(pills));
});

test('fields of who received a message, by which list, and of other filters are no features', () => {
  const plain = featuresOf('text');
  const fields = [
    'To: reader@example.org',
    'Cc: other@example.org',
    'Delivered-To: reader@example.org',
    'List-Unsubscribe: <https://list.example/leave>',
    'List-Id: <list.example>',
    'X-Spam-Status: No, score=-9',
    'X-Postern-Spam: ham',
    'X-Mailman-Version: 2.1',
  ];
  for (const field of fields) {
    const { words, tail, grams, traits, shape } = featuresOf('text', [field]);
    assert.deepEqual({ words, tail, grams, shape }, pick(plain), field);
    assert.ok(shareOf(plain.traits, traits) >= 1 - 1.5 / plain.traits.length, field);
    assert.equal(traits.length, plain.traits.length, field);
  }
});

function pick({ words, tail, grams, shape }: Features): Partial<Features> {
  return { words, tail, grams, shape };
}

test('a long text is also looked at by its first and last stretch', () => {
  assert.deepEqual(featuresOf('a short text').windows, []);
  const padding = Array.from({ length: 2000 }, (_, at) => `word${at}`).join(' ');
  const own = featuresOf('unclaimed funds').words;
  const below = featuresOf(`unclaimed funds ${padding}`);
  const above = featuresOf(`${padding} unclaimed funds`);
  assert.equal(below.windows.length, 2);
  assert.equal(shareOf(own, below.windows[0]?.words ?? own.subarray(0, 0)), 1);
  assert.equal(shareOf(own, above.windows[1]?.words ?? own.subarray(0, 0)), 1);
  assert.ok((below.windows[0]?.words.length ?? 0) < below.words.length / 2);
});

test('a long text is also left out, all but its links; a short one is not', () => {
  assert.equal(featuresOf('a short text').textless, undefined);
  const subject = ['Subject: hello there'];
  const padding = Array.from({ length: 2000 }, (_, at) => `word${at}`).join(' ');
  const { textless, traits, shape } = featuresOf(`${padding} https://funds.example/`, subject);
  const without = featuresOf('', subject);
  assert.ok(textless !== undefined);
  assert.deepEqual(textless.words, without.words);
  assert.deepEqual(textless.grams, without.grams);
  assert.equal(textless.tail.length, 0);
  assert.deepEqual([textless.traits, textless.shape], [traits, shape]);
});

test('features are told in words when somebody asks', () => {
  const features = featuresOf('claim unclaimed funds', ['Subject: hello']);
  const texts = [...features.describe(new Set([...features.words, ...features.traits])).values()];
  assert.ok(texts.includes('"unclaimed" in the text'));
  assert.ok(texts.includes('"unclaimed funds" in the text'));
  assert.ok(texts.includes('"hello" in subject'));
  assert.deepEqual([...features.describe(new Set()).values()], []);
});
