// Owns what has been learnt from mail, and the judgement that follows from it. No file, no clock, no store.
import type { FeatureGroup, Features, GroupedFeatures } from '../features/features.ts';
import {
  type Cell,
  type Cells,
  DenseCells,
  maxCount,
  maxWeight,
  type SlotRange,
  slotRanges,
  weightUnit,
} from './cells.ts';
import { readModel, writeModel } from './model-format.ts';
import { OverlayCells } from './overlay-cells.ts';
import { evidenceOf, robinsonScore, type Totals } from './robinson.ts';
import { type CountedGroup, countedGroups, type TrainingStep } from './training-step.ts';

export type MailClass = 'ham' | 'spam';

export interface Reason {
  readonly name: string;
  /** Its part in the log odds. */
  readonly logOdds: number;
  readonly text: string;
}

export interface Classification {
  /** Natural logarithm of the odds that it is spam; within -20 and 20. */
  readonly logOdds: number;
}

/** Totals of each group that is counted. */
export type GroupTotals = Record<CountedGroup, Totals>;

export interface ModelState {
  readonly cells: Cells;
  readonly totals: GroupTotals;
}

const allGroups: readonly FeatureGroup[] = ['grams', 'words', 'tail', 'traits', 'shape'];
/** What each learner says in the judgement of all. */
const logisticShare = 0.3;
const countedShares: Readonly<Record<CountedGroup, number>> = {
  grams: 0.2,
  words: 0.1,
  traits: 0.2,
  shape: 0.2,
};
/** Log odds of a message that was judged all wrong move by this. */
const learningRate = 20;
/** A group that is surer than this learns nothing: what is known well is not counted again. */
const sureEnough: number = Math.log(0.97 / 0.03);
/** A correction is repeated until the model has taken it in, with some margin. */
const maxRepeats = 12;
const learntMargin = 1;
/** One stretch of a text alone says less than the whole: it counts only when it is worse by this. */
const windowDoubt = 0.4;
/**
 * What such a part says counts in full at even odds only. Above, a part makes nothing as sure as a
 * whole does; below, letters that are not spam keep the order that their whole gives them.
 */
const partSlopes = { spam: 0.25, ham: 2 };
/** It is worse to lose a letter than to see an advertisement. */
const priorShift = -1.75;
/** How a header was written tells little to a person: other reasons of some weight come first. */
const shapeInReasons = 0.4;
const limit = 20;

export class SpamModel {
  readonly #cells: Cells;
  readonly #totals: GroupTotals;

  private constructor({ cells, totals }: ModelState) {
    this.#cells = cells;
    this.#totals = { ...totals };
  }

  /** Knows nothing. */
  static empty(): SpamModel {
    const none: Totals = { hams: 0, spams: 0 };
    return new SpamModel({
      cells: new DenseCells(),
      totals: { grams: none, words: none, traits: none, shape: none },
    });
  }

  /** Throws SPAM_MODEL_INVALID. A model that was an overlay needs the model it was made over. */
  static fromBuffer(octets: Buffer, base?: SpamModel): SpamModel {
    return new SpamModel(readModel(octets, base === undefined ? undefined : base.#cells));
  }

  toBuffer(): Buffer {
    return writeModel({ cells: this.#cells, totals: this.#totals });
  }

  /** A model of its own that begins with what this one knows now. */
  clone(): SpamModel {
    return new SpamModel({ cells: this.#cells.clone(), totals: this.#totals });
  }

  /**
   * A model that learns by itself and keeps only what differs from this one, which must not be
   * trained any more.
   */
  overlay(): SpamModel {
    return new SpamModel({ cells: new OverlayCells(this.#cells), totals: this.#totals });
  }

  /** A smaller model for others to begin with: each cell as `change` leaves it, or empty. */
  distilled(change: (cell: Cell) => Cell | undefined): SpamModel {
    const cells = new DenseCells();
    for (const slot of this.#cells.used()) {
      const cell = change({
        weight: this.#cells.weight(slot),
        hams: this.#cells.hams(slot),
        spams: this.#cells.spams(slot),
      });
      if (cell !== undefined) cells.set(slot, cell.weight, cell.hams, cell.spams);
    }
    return new SpamModel({ cells, totals: this.#totals });
  }

  classify(features: Features): Classification {
    let logOdds = this.#fused(features) + priorShift;
    if (features.textless !== undefined) {
      const worst = this.#worstOf(features.textless, features.windows) + priorShift;
      logOdds = Math.max(logOdds, worst * (worst > 0 ? partSlopes.spam : partSlopes.ham));
    }
    return { logOdds: Math.max(-limit, Math.min(limit, logOdds)) };
  }

  /** What the judgement rests on, weightiest first. Costs more than `classify`. */
  explain(features: Features, maxReasons = 12): readonly Reason[] {
    const found = new Map<number, number>();
    const root = rootOf(features);
    for (const group of allGroups) {
      // Pieces of words tell a person nothing.
      if (group === 'grams') continue;
      const own = features[group];
      const { first, shift } = slotRanges[group];
      const totals = this.#totals[countedAs(group)];
      const share = group === 'tail' ? 0 : countedShares[group] / Math.sqrt(own.length + 1);
      for (const feature of own) {
        const slot = first + (feature >>> shift);
        const weighed = (this.#cells.weight(slot) * weightUnit * logisticShare) / root;
        const counted = evidenceOf(this.#cells.hams(slot), this.#cells.spams(slot), totals) * share;
        const part = (weighed + counted) * (group === 'shape' ? shapeInReasons : 1);
        if (part !== 0) found.set(feature, part);
      }
    }
    const strongest = [...found].sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
    const wanted = strongest.slice(0, maxReasons);
    const texts = features.describe(new Set(wanted.map(([feature]) => feature)));
    return wanted.map(([feature, logOdds]) => ({
      name: feature.toString(16).padStart(8, '0'),
      logOdds,
      text: texts.get(feature) ?? '',
    }));
  }

  train(features: Features, as: MailClass, weight: 'correction' | 'confirmation'): TrainingStep {
    const step = { as, weightDelta: 0, counted: { grams: 0, words: 0, traits: 0, shape: 0 } };
    const sign = as === 'spam' ? 1 : -1;
    for (let round = 0; round < maxRepeats; round += 1) {
      if (round > 0) {
        const isLearnt = sign * this.classify(features).logOdds >= learntMargin;
        if (weight === 'confirmation' || isLearnt) break;
      }
      const probability = 1 / (1 + Math.exp(-this.#logistic(features)));
      const error = (as === 'spam' ? 1 : 0) - probability;
      const weightDelta = Math.round((learningRate * error) / (weightUnit * rootOf(features)));
      const counted = { grams: 0, words: 0, traits: 0, shape: 0 };
      for (const group of countedGroups) {
        if (sign * this.#robinson(features, group) < sureEnough) counted[group] = 1;
      }
      this.#apply(features, as, weightDelta, counted);
      step.weightDelta += weightDelta;
      for (const group of countedGroups) step.counted[group] += counted[group];
    }
    const { grams, words, tail, traits, shape } = features;
    return { ...step, features: { grams, words, tail, traits, shape } };
  }

  /** Takes back what a step has changed; what was learnt since stays. */
  revert({ features, as, weightDelta, counted }: TrainingStep): void {
    this.#apply(features, as, -weightDelta, {
      grams: -counted.grams,
      words: -counted.words,
      traits: -counted.traits,
      shape: -counted.shape,
    });
  }

  #worstOf(textless: GroupedFeatures, windows: readonly GroupedFeatures[]): number {
    let worst = this.#fused(textless);
    for (const window of windows) worst = Math.max(worst, this.#fused(window) - windowDoubt);
    return worst;
  }

  #fused(features: GroupedFeatures): number {
    let sum = logisticShare * this.#logistic(features);
    for (const group of countedGroups) {
      sum += countedShares[group] * this.#robinson(features, group);
    }
    return sum;
  }

  #logistic(features: GroupedFeatures): number {
    const cells = this.#cells;
    let sum = 0;
    for (const group of allGroups) {
      const own = features[group];
      const { first, shift } = slotRanges[group];
      for (let at = 0; at < own.length; at += 1) {
        sum += cells.weight(first + ((own[at] ?? 0) >>> shift));
      }
    }
    const logOdds = (sum * weightUnit) / rootOf(features);
    return Math.max(-limit, Math.min(limit, logOdds));
  }

  #robinson(features: GroupedFeatures, group: CountedGroup): number {
    return robinsonScore(features[group], slotRanges[group], this.#cells, this.#totals[group]);
  }

  #apply(
    features: GroupedFeatures,
    as: MailClass,
    weightDelta: number,
    counted: Record<CountedGroup, number>,
  ): void {
    for (const group of allGroups) {
      const times = group === 'tail' ? 0 : counted[group];
      const spams = as === 'spam' ? times : 0;
      this.#add(features[group], slotRanges[group], weightDelta, times - spams, spams);
    }
    for (const group of countedGroups) {
      const { hams, spams } = this.#totals[group];
      const times = counted[group];
      this.#totals[group] =
        as === 'spam'
          ? { hams, spams: Math.max(0, spams + times) }
          : { hams: Math.max(0, hams + times), spams };
    }
  }

  #add(
    features: Uint32Array,
    { first, shift }: SlotRange,
    weightDelta: number,
    hams: number,
    spams: number,
  ): void {
    if (weightDelta === 0 && hams === 0 && spams === 0) return;
    const cells = this.#cells;
    for (let at = 0; at < features.length; at += 1) {
      const slot = first + ((features[at] ?? 0) >>> shift);
      cells.set(
        slot,
        Math.max(-maxWeight, Math.min(maxWeight, cells.weight(slot) + weightDelta)),
        Math.max(0, Math.min(maxCount, cells.hams(slot) + hams)),
        Math.max(0, Math.min(maxCount, cells.spams(slot) + spams)),
      );
    }
  }
}

function countedAs(group: FeatureGroup): CountedGroup {
  return group === 'tail' ? 'words' : group;
}

/** By which a long message is made to count as much as a short one. */
function rootOf(features: GroupedFeatures): number {
  let count = 1;
  for (const group of allGroups) count += features[group].length;
  return Math.sqrt(count);
}
