// Owns Robinson's score of a group of features: how often each was learnt as spam and as ham.
import type { Cells, SlotRange } from './cells.ts';

/** Messages of a group that were learnt. */
export interface Totals {
  readonly hams: number;
  readonly spams: number;
}

/** Strength of the assumption that a feature says nothing until it is known. */
const strength = 0.5;
const neutral = 0.5;
/** What is nearly as frequent in ham as in spam is left out, as log odds: it only waters the rest. */
const leastEvidence: number = Math.log(0.65 / 0.35);

const limit = 20;

/** Log odds of one feature by what was counted: Robinson's f(w), 0 for one that was never seen. */
export function evidenceOf(hams: number, spams: number, totals: Totals): number {
  const count = hams + spams;
  if (count === 0) return 0;
  const inHam = hams / (totals.hams + 1e-9);
  const inSpam = spams / (totals.spams + 1e-9);
  const probability = inSpam / (inHam + inSpam);
  const believed = (strength * neutral + count * probability) / (strength + count);
  return Math.log(believed / (1 - believed));
}

/**
 * The evidence of all telling features, divided by the root of their number: they depend on each
 * other, and their plain sum would be far too sure.
 */
export function robinsonScore(
  features: Uint32Array,
  { first, shift }: SlotRange,
  cells: Cells,
  totals: Totals,
): number {
  let sum = 0;
  let known = 0;
  for (let at = 0; at < features.length; at += 1) {
    const slot = first + ((features[at] ?? 0) >>> shift);
    const hams = cells.hams(slot);
    const spams = cells.spams(slot);
    if (hams + spams === 0) continue;
    const evidence = evidenceOf(hams, spams, totals);
    if (evidence < leastEvidence && evidence > -leastEvidence) continue;
    sum += evidence;
    known += 1;
  }
  return known === 0 ? 0 : Math.max(-limit, Math.min(limit, sum / Math.sqrt(known)));
}
