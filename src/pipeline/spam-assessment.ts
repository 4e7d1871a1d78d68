// Owns what the scores of several engines come to: one probability and one result. Pure.
import type { SpamConfig } from '../config/schema.ts';
import type { NamedVerdict, SpamAssessment, SpamPart } from '../plugin-api/observation.ts';

/**
 * The sum of all scores, each times its weight: engines that judge by different things add up as odds
 * do, and weights below 1 take back what they have in common. Undefined without any score.
 */
export function assessSpam(
  verdicts: readonly NamedVerdict[],
  { weights, spamFrom, unsureFrom }: Pick<SpamConfig, 'weights' | 'spamFrom' | 'unsureFrom'>,
): SpamAssessment | undefined {
  let parts: SpamPart[] | undefined;
  let decidedBy: SpamPart | undefined;
  for (const { plugin, verdict, isShadow } of verdicts) {
    if (verdict.kind !== 'score' || isShadow) continue;
    const weight = Object.hasOwn(weights, plugin) ? (weights[plugin] ?? 1) : 1;
    const part = { plugin, logOdds: verdict.logOdds, weight, reasons: verdict.reasons };
    parts ??= [];
    parts.push(part);
    // Whoever is taken out of the sum decides nothing alone either.
    if (verdict.isFinal === true && weight > 0) decidedBy ??= part;
  }
  if (parts === undefined) return undefined;
  const logOdds =
    decidedBy?.logOdds ?? parts.reduce((sum, part) => sum + part.logOdds * part.weight, 0);
  const probability = 1 / (1 + Math.exp(-logOdds));
  const result = probability >= spamFrom ? 'spam' : probability >= unsureFrom ? 'unsure' : 'ham';
  return { result, probability, logOdds, parts, decidedBy: decidedBy?.plugin };
}
