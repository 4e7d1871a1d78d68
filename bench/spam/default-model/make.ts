// Owns how a default model is made of mail: what is learnt, in which order, and what is dropped again so
// that it is small. The same mail gives the same octets on every machine.
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../plugins/spam/learning/model.ts';
import type { Mail } from '../mail.ts';

export function makeDefaultModel(mails: readonly Mail[]): Buffer {
  const model = SpamModel.empty();
  for (const { label, octets } of mails) {
    model.train(extractFeatures(sampleOf(octets)), label, 'confirmation');
  }
  return model.toBuffer();
}
