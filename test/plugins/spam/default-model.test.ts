import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { collectionMissing, readCollection } from '../../../bench/spam/collection.ts';
import { shippedModel } from '../../../bench/spam/default-model/build.ts';
import { inventCollection } from '../../../bench/spam/invented/invent.ts';
import { qualityOf } from '../../../bench/spam/quality.ts';
import { defaultModelFile, readDefaultModel } from '../../../plugins/spam/default-model.ts';
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../plugins/spam/features/sample.ts';
import type { SpamModel } from '../../../plugins/spam/learning/model.ts';

const { mails } = inventCollection();

function logOddsOf(model: SpamModel, octets: Buffer): number {
  return model.classify(extractFeatures(sampleOf(octets))).logOdds;
}

test('the default model takes at most 350 kB', () => {
  assert.ok(statSync(defaultModelFile).size <= 350_000);
});

test('the default model can be read, and knows spam when it sees some', async () => {
  const model = await readDefaultModel();
  const { rocaPercent, hamMissedPercent } = qualityOf(
    mails.map(({ label, octets }) => {
      const score = logOddsOf(model, octets);
      return { label, score, judgedAs: score >= 0 ? 'spam' : 'ham' };
    }),
  );
  // Chance would give 50; this mail is of kinds that the model has hardly seen.
  assert.ok(rocaPercent < 10, `${rocaPercent}`);
  assert.ok(hamMissedPercent < 10, `${hamMissedPercent}`);
});

test('neither List-Unsubscribe nor Cc says anything of a message', async () => {
  const model = await readDefaultModel();
  const fields = [
    'List-Unsubscribe: <https://news.example/leave?u=1>, <mailto:leave@news.example>\n',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click\n',
    'Cc: Somebody Else <somebody@else.example>, other@else.example\n',
  ];
  let compared = 0;
  for (const { octets } of mails) {
    for (const field of fields) {
      const other = Buffer.concat([Buffer.from(field), octets]);
      // The size of the whole message counts, in powers of two.
      if (Math.floor(Math.log2(other.length)) !== Math.floor(Math.log2(octets.length))) continue;
      compared += 1;
      assert.equal(logOddsOf(model, other), logOddsOf(model, octets), field);
    }
  }
  assert.ok(compared > mails.length);
});

test('the default model is what its command makes of the collection', async (t) => {
  const missing = collectionMissing();
  // The collection cannot be installed like a program, so that its absence is no failure in CI either.
  if (missing !== undefined) return t.skip(missing);
  const { mails: real } = await readCollection();
  const shipped = (await readDefaultModel()).toBuffer();
  const message = 'features or learning have changed: npm run spam:model';
  assert.ok(shippedModel(real).equals(shipped), message);
});
