import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runPlugin } from '#plugin-testing';
import { readDefaultModel } from '../../../plugins/spam/default-model.ts';
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import type { Features } from '../../../plugins/spam/features/features.ts';
import {
  type MessageSample,
  SampleBuilder,
  sampleOf,
} from '../../../plugins/spam/features/sample.ts';
import spam from '../../../plugins/spam/index.ts';
import { hostileMails } from './hostile-mail.ts';

// A run that takes time with the square of the size does not end within the limit of a test.

const model = await readDefaultModel();

/** Characters that a sample holds on to, and the things it holds. */
function extentOf({ fields, texts, parts }: MessageSample): { characters: number; things: number } {
  let characters = 0;
  for (const { name, value } of fields) characters += name.length + value.length;
  for (const { head, tail, charset = '' } of texts) {
    characters += head.length + tail.length + charset.length;
  }
  for (const { contentType, fileNames } of parts) {
    characters += contentType.length + fileNames.join('').length;
  }
  return { characters, things: fields.length + texts.length + parts.length };
}

function countOf({ grams, words, tail, traits }: Features): number {
  return grams.length + words.length + tail.length + traits.length;
}

for (const { name, pieces, largest } of hostileMails) {
  test(`${name}: little is kept of it, and it is judged`, { timeout: 60_000 }, () => {
    const builder = new SampleBuilder();
    let octets = 0;
    for (const piece of pieces(largest)) {
      octets += piece.length;
      builder.push(piece);
    }
    const sample = builder.end();
    assert.equal(sample.octets, octets);
    const { characters, things } = extentOf(sample);
    assert.ok(characters <= 600_000, `${characters} characters`);
    assert.ok(things <= 200, `${things} things`);
    const features = extractFeatures(sample);
    assert.ok(countOf(features) <= 20_000, `${countOf(features)} features`);
    const { logOdds } = model.classify(features);
    assert.ok(Math.abs(logOdds) <= 20);
    for (const reason of model.explain(features)) assert.ok(reason.text.length <= 200, reason.text);
  });
}

test('any octets give a sample and features, the same for any chunks', () => {
  const fragment = fc.oneof(
    fc.constantFrom(...hostileMails).map(({ pieces }) => Buffer.concat([...pieces(3)])),
    fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
    fc
      .constantFrom('\n\n', '--b\n', '--b--\n', 'Content-Type: text/html\n\n')
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      fc.array(fragment, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
      (fragments, lengths) => {
        const octets = Buffer.concat(fragments);
        const builder = new SampleBuilder();
        let at = 0;
        for (let index = 0; at < octets.length; index += 1) {
          const length = lengths[index % lengths.length] ?? 1;
          builder.push(octets.subarray(at, at + length));
          at += length;
        }
        const sample = builder.end();
        assert.deepEqual(sample, sampleOf(octets));
        const { grams, words, tail, traits } = extractFeatures(sample);
        assert.ok(grams.length + words.length + tail.length + traits.length > 0);
      },
    ),
  );
});

test('a model learns hostile mail and forgets it again', () => {
  const own = model.overlay();
  for (const { pieces } of hostileMails) {
    const features = extractFeatures(sampleOf(Buffer.concat([...pieces(2000)])));
    own.revert(own.train(features, 'spam', 'correction'));
  }
  const judged = own.classify(extractFeatures(sampleOf(Buffer.from('Subject: hello\n\nhello'))));
  const anew = model.classify(extractFeatures(sampleOf(Buffer.from('Subject: hello\n\nhello'))));
  assert.equal(judged.logOdds, anew.logOdds);
});

for (const { name, pieces } of hostileMails) {
  test(`${name}: the plugin scores it while it arrives`, { timeout: 60_000 }, async () => {
    const { verdict } = await runPlugin(spam, {}, Buffer.concat([...pieces(20_000)]));
    // More parts than the pipeline walks are for others to refuse; a score is given all the same.
    assert.equal(verdict?.kind, 'score');
  });
}
