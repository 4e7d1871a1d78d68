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
/** What is nearly as frequent in ham as in spam is left out: it only waters the rest. */
const leastTelling = 0.15;
/** Odds are multiplied up to here before their logarithm is taken: it is what costs most. */
const maxProduct = 1e100;

const limit = 20;

/** Log odds of one feature by what was counted: Robinson's f(w), 0 for one that was never seen. */
export function evidenceOf(hams: number, spams: number, totals: Totals): number {
  if (hams + spams === 0) return 0;
  const believed = believedShare(hams, spams, totals);
  return Math.log(believed / (1 - believed));
}

/** f(w): how likely a message with this feature is spam, as far as the counts are to be believed. */
function believedShare(hams: number, spams: number, totals: Totals): number {
  const count = hams + spams;
  const inHam = hams / (totals.hams + 1e-9);
  const inSpam = spams / (totals.spams + 1e-9);
  const probability = inSpam / (inHam + inSpam);
  return (strength * neutral + count * probability) / (strength + count);
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
  let product = 1;
  let known = 0;
  for (let at = 0; at < features.length; at += 1) {
    const slot = first + ((features[at] ?? 0) >>> shift);
    const hams = cells.hams(slot);
    const spams = cells.spams(slot);
    if (hams + spams === 0) continue;
    const believed = believedShare(hams, spams, totals);
    if (believed < neutral + leastTelling && believed > neutral - leastTelling) continue;
    product *= believed / (1 - believed);
    if (product > maxProduct || product < 1 / maxProduct) {
      sum += Math.log(product);
      product = 1;
    }
    known += 1;
  }
  sum += Math.log(product);
  return known === 0 ? 0 : Math.max(-limit, Math.min(limit, sum / Math.sqrt(known)));
}
