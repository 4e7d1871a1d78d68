// Owns the numbers that a model has learnt, one cell for each slot. It knows nothing of learning.
import type { FeatureGroup } from '../features/features.ts';

/**
 * Each group of features has slots of its own: the many pairs of words would otherwise drown the few
 * traits. Within a group features share slots by chance, which costs little at this size.
 */
const gramBits = 17;
const wordBits = 17;
const traitBits = 15;
const shapeBits = 13;
const firstGram: number = 2 ** wordBits;
const firstTrait: number = firstGram + 2 ** gramBits;
const firstShape: number = firstTrait + 2 ** traitBits;
export const slotCount: number = firstShape + 2 ** shapeBits;
export const maxWeight = 32_767;
export const maxCount = 65_535;

/** The slots of a group: `first + (feature >>> shift)`. */
export interface SlotRange {
  readonly first: number;
  readonly shift: number;
}

const words: SlotRange = { first: 0, shift: 32 - wordBits };
export const slotRanges: Readonly<Record<FeatureGroup, SlotRange>> = {
  words,
  tail: words,
  grams: { first: firstGram, shift: 32 - gramBits },
  traits: { first: firstTrait, shift: 32 - traitBits },
  shape: { first: firstShape, shift: 32 - shapeBits },
};

export interface Cell {
  /** In units of `weightUnit`. */
  readonly weight: number;
  readonly hams: number;
  readonly spams: number;
}

export interface Cells {
  /** Weight for spam, in units of `weightUnit`. */
  weight(slot: number): number;
  hams(slot: number): number;
  spams(slot: number): number;
  set(slot: number, weight: number, hams: number, spams: number): void;
  /** All slots that hold something, in order. */
  used(): Iterable<number>;
  clone(): Cells;
}

/** One weight in a cell stands for this much of log odds. */
export const weightUnit: number = 1 / 1024;

/** A table for itself: 1.7 MiB. */
export class DenseCells implements Cells {
  readonly #weights: Int16Array;
  readonly #hams: Uint16Array;
  readonly #spams: Uint16Array;

  constructor(
    weights = new Int16Array(slotCount),
    hams = new Uint16Array(slotCount),
    spams = new Uint16Array(slotCount),
  ) {
    this.#weights = weights;
    this.#hams = hams;
    this.#spams = spams;
  }

  weight(slot: number): number {
    return this.#weights[slot] ?? 0;
  }

  hams(slot: number): number {
    return this.#hams[slot] ?? 0;
  }

  spams(slot: number): number {
    return this.#spams[slot] ?? 0;
  }

  set(slot: number, weight: number, hams: number, spams: number): void {
    this.#weights[slot] = weight;
    this.#hams[slot] = hams;
    this.#spams[slot] = spams;
  }

  *used(): Iterable<number> {
    for (let slot = 0; slot < slotCount; slot += 1) {
      if (this.weight(slot) !== 0 || this.hams(slot) !== 0 || this.spams(slot) !== 0) yield slot;
    }
  }

  clone(): Cells {
    return new DenseCells(this.#weights.slice(), this.#hams.slice(), this.#spams.slice());
  }
}
