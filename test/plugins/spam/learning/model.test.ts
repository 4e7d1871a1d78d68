import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import type { Features } from '../../../../plugins/spam/features/features.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { madeUpMail } from '../made-up-mail.ts';

function featuresOf(kind: 'ham' | 'spam', seed: number): Features {
  return extractFeatures(sampleOf(madeUpMail(kind, seed)));
}

function trainedModel(): SpamModel {
  const model = SpamModel.empty();
  for (let seed = 0; seed < 20; seed += 1) {
    model.train(featuresOf('ham', seed), 'ham', 'correction');
    model.train(featuresOf('spam', seed), 'spam', 'correction');
  }
  return model;
}

test('mail of the kind that was learnt as spam is told from other mail', () => {
  const model = trainedModel();
  for (let seed = 100; seed < 110; seed += 1) {
    assert.ok(model.classify(featuresOf('spam', seed)).logOdds > 1);
    assert.ok(model.classify(featuresOf('ham', seed)).logOdds < -1);
  }
});

test('a training that is taken back leaves no trace', () => {
  const model = trainedModel();
  const before = model.toBuffer();
  const steps = [1, 2, 3].map((seed) =>
    model.train(featuresOf('ham', 200 + seed), 'spam', 'correction'),
  );
  assert.notDeepEqual(model.toBuffer(), before);
  for (const step of steps) model.revert(step);
  assert.deepEqual(model.toBuffer(), before);
});

test('a model that was stored judges as before', () => {
  const model = trainedModel();
  const copy = SpamModel.fromBuffer(model.toBuffer());
  for (const kind of ['ham', 'spam'] as const) {
    const features = featuresOf(kind, 300);
    assert.deepEqual(copy.classify(features), model.classify(features));
  }
});

test('an overlay learns without a change to the model below, and is stored by its differences', () => {
  const base = trainedModel();
  const before = base.toBuffer();
  const own = base.overlay();
  const features = featuresOf('ham', 5);
  own.train(features, 'spam', 'correction');
  assert.ok(own.classify(features).logOdds > base.classify(features).logOdds);
  assert.deepEqual(base.toBuffer(), before);
  const stored = own.toBuffer();
  assert.ok(stored.length < before.length);
  assert.deepEqual(SpamModel.fromBuffer(stored, base).classify(features), own.classify(features));
  assert.throws(() => SpamModel.fromBuffer(stored), { code: 'SPAM_MODEL_INVALID' });
  assert.throws(() => SpamModel.fromBuffer(stored, SpamModel.empty()), {
    code: 'SPAM_MODEL_INVALID',
  });
});

test('reasons name what stands in the message', () => {
  const reasons = trainedModel().explain(featuresOf('spam', 1));
  assert.ok(reasons.length > 0);
  for (const { text } of reasons) assert.notEqual(text, '');
});
