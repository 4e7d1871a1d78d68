// Owns the figures of merit of the TREC spam track, and how certain they are. Pure.
import type { Label } from './mail.ts';
import { below, seededRandom } from './random.ts';

export interface Judgement {
  readonly label: Label;
  /** The higher, the more like spam; only the order counts for `rocaPercent`. */
  readonly score: number;
  readonly judgedAs: Label;
}

export interface Quality {
  /** Area above the ROC curve: how often a ham scores higher than a spam. */
  readonly rocaPercent: number;
  /** Ham that was judged as spam. */
  readonly hamMissedPercent: number;
  /** Spam that was judged as ham. */
  readonly spamMissedPercent: number;
  /** Their mean on the logistic scale: hardly moved by where the threshold lies. */
  readonly lamPercent: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export type Intervals = { readonly [key in keyof Quality]: Interval };

const resamples = 1000;
const bootstrapSeed = 2005;
const tail = 0.025;

interface Sorted {
  readonly isSpam: boolean;
  readonly isMissed: boolean;
  /** Messages of one score share a rank. */
  readonly rank: number;
}

export function qualityOf(judgements: readonly Judgement[]): Quality {
  const sorted = sortByScore(judgements);
  return weighted(sorted, new Uint32Array(sorted.length).fill(1));
}

/** 95 % of what comes out when the messages are drawn again, with return, from those judged. */
export function intervalsOf(judgements: readonly Judgement[]): Intervals {
  const sorted = sortByScore(judgements);
  const random = seededRandom(bootstrapSeed);
  const samples = Array.from({ length: resamples }, () => {
    const counts = new Uint32Array(sorted.length);
    for (let draw = 0; draw < sorted.length; draw++) {
      const at = below(random, sorted.length);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    return weighted(sorted, counts);
  });
  return {
    rocaPercent: middleOf(samples.map(({ rocaPercent }) => rocaPercent)),
    hamMissedPercent: middleOf(samples.map(({ hamMissedPercent }) => hamMissedPercent)),
    spamMissedPercent: middleOf(samples.map(({ spamMissedPercent }) => spamMissedPercent)),
    lamPercent: middleOf(samples.map(({ lamPercent }) => lamPercent)),
  };
}

/** No rate is 0 or 1 on the logistic scale: nothing missed counts as half a message. */
export function lamPercentOf(
  ham: { readonly missed: number; readonly of: number },
  spam: { readonly missed: number; readonly of: number },
): number {
  const logit = ({ missed, of }: { readonly missed: number; readonly of: number }): number => {
    const inside = Math.min(Math.max(missed, 0.5), of - 0.5);
    return Math.log(inside / (of - inside));
  };
  return 100 / (1 + Math.exp(-(logit(ham) + logit(spam)) / 2));
}

function sortByScore(judgements: readonly Judgement[]): Sorted[] {
  let [rank, last] = [-1, Number.NaN];
  return judgements
    .toSorted((one, other) => one.score - other.score)
    .map(({ label, score, judgedAs }) => {
      if (score !== last) rank += 1;
      last = score;
      return { isSpam: label === 'spam', isMissed: label !== judgedAs, rank };
    });
}

function weighted(sorted: readonly Sorted[], counts: Uint32Array): Quality {
  const ham = { missed: 0, of: 0 };
  const spam = { missed: 0, of: 0 };
  let [rank, spamBelow, spamBeside, hamBeside, wrongPairs] = [-1, 0, 0, 0, 0];
  const closeRank = (): void => {
    wrongPairs += hamBeside * (spamBelow + spamBeside / 2);
    spamBelow += spamBeside;
    [spamBeside, hamBeside] = [0, 0];
  };
  for (const [at, each] of sorted.entries()) {
    if (each.rank !== rank) closeRank();
    rank = each.rank;
    const count = counts[at] ?? 0;
    const group = each.isSpam ? spam : ham;
    group.of += count;
    if (each.isMissed) group.missed += count;
    if (each.isSpam) spamBeside += count;
    else hamBeside += count;
  }
  closeRank();
  return {
    rocaPercent: (100 * wrongPairs) / (ham.of * spam.of),
    hamMissedPercent: (100 * ham.missed) / ham.of,
    spamMissedPercent: (100 * spam.missed) / spam.of,
    lamPercent: lamPercentOf(ham, spam),
  };
}

function middleOf(values: readonly number[]): Interval {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { low: at(tail), high: at(1 - tail) };
}
