// Owns the step from points of SpamAssassin to the odds that all engines share. Pure.
import { type ScoreVerdict, score } from '#plugin-api';
import type { Rating } from './answer.ts';
import type { MatchedRule } from './report.ts';

export interface RatingScale {
  /** Of the logarithm of the odds, for each point. */
  readonly perPoint: number;
  /** Probability that a message is spam that has exactly the points required. */
  readonly atRequired: number;
}

// A rule without a weight says nothing.
const leastPoints = 0.05;
const mostReasons = 20;

export function toScore(
  { points, required }: Rating,
  rules: readonly MatchedRule[],
  { perPoint, atRequired }: RatingScale,
): ScoreVerdict {
  const logOdds = Math.log(atRequired / (1 - atRequired)) + perPoint * (points - required);
  const reasons = rules
    .filter((rule) => Math.abs(rule.points) >= leastPoints)
    .slice(0, mostReasons)
    .map((rule) => ({
      name: rule.name,
      logOdds: perPoint * rule.points,
      text: `${rule.points} points: ${rule.text === '' ? rule.name : rule.text}`,
    }));
  return score(logOdds, reasons);
}
