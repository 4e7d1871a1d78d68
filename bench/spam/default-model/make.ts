// Owns how a default model is made of mail: what is learnt, in which order, and what is dropped again so
// that it is small. The same mail gives the same octets on every machine.
import { extractFeatures } from '../../../plugins/spam/features/extract.ts';
import type { Features } from '../../../plugins/spam/features/features.ts';
import { sampleOf } from '../../../plugins/spam/features/sample.ts';
import type { Cell } from '../../../plugins/spam/learning/cells.ts';
import { SpamModel } from '../../../plugins/spam/learning/model.ts';
import type { Mail } from '../mail.ts';
import { seededRandom, shuffled } from '../random.ts';
import { standsAlone } from '../sources.ts';

/** Mail of different years and kinds in turn: what is learnt last would otherwise weigh most. */
const orderSeed = 24;
/** What only one message has shown tells of that message, not of mail. */
const leastMessages = 2;
/** Coarser weights take less room, and nothing is lost that could be measured. */
const weightStep = 8;
/**
 * Of ham without spam of its time every fourth message is learnt whole: with all of them, whatever is modern
 * would speak for a message; with none, nothing would speak for ham that is written today.
 */
const wholeEvery = 4;

const nothing = new Uint32Array(0);

export function makeDefaultModel(mails: readonly Mail[]): SpamModel {
  const model = SpamModel.empty();
  const drawn = shuffled(seededRandom(orderSeed), mails);
  for (const [at, { label, source, octets }] of drawn.entries()) {
    const features = extractFeatures(sampleOf(octets));
    const isWhole = !standsAlone(source) || at % wholeEvery === 0;
    model.train(isWhole ? features : wordsOnly(features), label, 'confirmation');
  }
  return model.distilled(distil);
}

/** Header, HTML and MIME would tell of what time a message is. */
function wordsOnly(features: Features): Features {
  return { ...features, traits: nothing, shape: nothing };
}

function distil({ weight, hams, spams }: Cell): Cell | undefined {
  if (hams + spams < leastMessages) return undefined;
  return { weight: Math.round(weight / weightStep) * weightStep, hams, spams };
}
