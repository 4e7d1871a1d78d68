import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import {
  inverse,
  stepFromRecord,
  stepToRecord,
} from '../../../../plugins/spam/models/step-record.ts';
import { letter } from './setting.ts';

const features = (kind: 'spam' | 'ham', number: number) =>
  extractFeatures(sampleOf(letter(kind, number)));

test('a step from its record undoes and repeats what the step did, cell for cell', () => {
  const base = SpamModel.empty();
  for (const number of [1, 2, 3]) base.train(features('ham', number), 'ham', 'correction');
  const model = base.overlay();
  model.train(features('ham', 4), 'ham', 'correction');
  const before = model.toBuffer();
  const step = model.train(features('spam', 1), 'spam', 'correction');
  const after = model.toBuffer();
  const read = stepFromRecord(stepToRecord(step));
  assert.ok(read);
  model.revert(read);
  const other = SpamModel.fromBuffer(before, base);
  other.revert(inverse(read));
  assert.deepEqual(other.toBuffer(), after);
  for (const number of [1, 5, 9]) {
    const original = SpamModel.fromBuffer(before, base);
    assert.deepEqual(
      model.classify(features('spam', number)),
      original.classify(features('spam', number)),
    );
  }
});

test('a record holds no feature whole, and takes some two octets for each', () => {
  const seen = features('spam', 1);
  const count = seen.grams.length + seen.words.length + seen.tail.length + seen.traits.length;
  const step = SpamModel.empty().train(seen, 'spam', 'correction');
  assert.ok(stepToRecord(step).length < count * 2.5);
});

test('octets that are no step are refused, whatever they are', () => {
  const good = stepToRecord(SpamModel.empty().train(features('spam', 1), 'spam', 'correction'));
  assert.equal(stepFromRecord(good.subarray(0, -1)), undefined);
  assert.equal(stepFromRecord(Buffer.concat([good, Buffer.from([0])])), undefined);
  assert.equal(stepFromRecord(Buffer.alloc(0)), undefined);
  const huge = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x7f]);
  assert.equal(stepFromRecord(huge), undefined);
  const model = SpamModel.empty();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      const step = stepFromRecord(octets);
      if (step !== undefined) model.revert(step);
    }),
  );
});
