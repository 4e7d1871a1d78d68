// Owns the protocols: which messages a filter learns and which it judges, in which order. Pure.
// They are those of the spam track of TREC: a filter never judges what it has learnt.
import type { Mail } from './mail.ts';
import { seededRandom, shuffled } from './random.ts';
import { mayShip } from './sources.ts';

/** One thing that a filter is asked to do with the message at this place of the collection. */
export interface Step {
  readonly kind: 'classify' | 'train';
  readonly at: number;
}

/** What one model goes through. */
export interface Course {
  /** Places of messages that a default model is made of, by a filter that has one; else learnt. */
  readonly prelude: readonly number[];
  readonly steps: readonly Step[];
}

export interface Protocol {
  readonly name: string;
  readonly title: string;
  courses(mails: readonly Mail[]): Course[];
}

const folds = 5;
const foldSeed = 5;

const online: Protocol = {
  name: 'online',
  title: 'in the order of the index from an empty model; each message is judged, then learnt',
  courses: (mails) => [{ prelude: [], steps: onlineSteps(mails.map((_, at) => at)) }],
};

const crossValidation: Protocol = {
  name: 'folds',
  title: `${folds} folds, drawn by label and source with seed ${foldSeed}; four are learnt in an order that is drawn too, the fifth is judged`,
  courses: (mails) => {
    const foldOf = dealFolds(mails);
    return Array.from({ length: folds }, (_, fold) =>
      heldOut(
        foldOf.map((each) => each === fold),
        'drawn',
      ),
    );
  },
};

const halves: Protocol = {
  name: 'halves',
  title: 'the first half of the index is learnt, the second is judged',
  courses: (mails) => [
    heldOut(
      mails.map((_, at) => at >= mails.length / 2),
      'index',
    ),
  ],
};

const warm: Protocol = {
  name: 'warm',
  title:
    'a model made from the mail of 2002 goes on to the mail of 2020 to 2024 in the order of the index; each message is judged, then learnt',
  courses: (mails) => {
    const places = [...mails.keys()];
    const isOld = (at: number): boolean => mails[at]?.source.startsWith('sa-') === true;
    return [
      {
        prelude: places.filter(isOld),
        steps: onlineSteps(places.filter((at) => !isOld(at))),
      },
    ];
  },
};

const cold: Protocol = {
  name: 'cold',
  title: `the same ${folds} folds; a model made from four, of the sources that a default model may be made of, judges the whole of the fifth`,
  courses: (mails) => {
    const foldOf = dealFolds(mails);
    const places = [...mails.keys()];
    return Array.from({ length: folds }, (_, fold) => ({
      prelude: places.filter((at) => foldOf[at] !== fold && mayShip(mails[at]?.source ?? '')),
      steps: places
        .filter((at) => foldOf[at] === fold)
        .map((at): Step => ({ kind: 'classify', at })),
    }));
  },
};

export const allProtocols: readonly Protocol[] = [online, crossValidation, halves, warm, cold];

function onlineSteps(places: readonly number[]): Step[] {
  return places.flatMap((at): Step[] => [
    { kind: 'classify', at },
    { kind: 'train', at },
  ]);
}

/**
 * What is not held out is learnt; then the rest is judged. `drawn`: in an order of chance, since a filter
 * that learns era after era knows the last one best, and folds are of all eras.
 */
export function heldOut(isHeldOut: readonly boolean[], order: 'index' | 'drawn'): Course {
  const places = [...isHeldOut.keys()];
  const known = places.filter((at) => isHeldOut[at] !== true);
  const train = order === 'index' ? known : shuffled(seededRandom(foldSeed), known);
  const classify = places.filter((at) => isHeldOut[at] === true);
  return {
    prelude: [],
    steps: [
      ...train.map((at): Step => ({ kind: 'train', at })),
      ...classify.map((at): Step => ({ kind: 'classify', at })),
    ],
  };
}

/** The fold of each message: every fold gets its share of each source and label. */
export function dealFolds(mails: readonly Mail[]): number[] {
  const random = seededRandom(foldSeed);
  const groups = new Map<string, number[]>();
  for (const [at, { label, source }] of mails.entries()) {
    const key = `${label} ${source}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  const foldOf: number[] = Array.from({ length: mails.length }, () => 0);
  let dealt = 0;
  for (const group of groups.values()) {
    for (const at of shuffled(random, group)) foldOf[at] = dealt++ % folds;
  }
  return foldOf;
}
