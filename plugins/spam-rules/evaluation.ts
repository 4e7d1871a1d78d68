// Owns what rules say about one letter: which hit, and what their weights come to. Pure.
import { GiveWay, type ScoreReason, type ScoreVerdict, score } from '#plugin-api';
import type { Letter } from './letter/letter.ts';

/** A rule as configured. */
export interface ActiveRule {
  readonly name: string;
  readonly logOdds: number;
  readonly about: string;
  /** What gave it away; undefined when the rule does not hit. */
  find(letter: Letter, hits: HitsByName): string | undefined;
}

export interface Hit {
  readonly rule: ActiveRule;
  /** Of the sender's making: one line, cut. */
  readonly evidence: string;
}

/** What rules that combine others ask. */
export interface HitsByName {
  has(rule: string): boolean;
}

const longestEvidence = 120;
/** A verdict keeps no more. */
const mostReasons = 20;

/** Rules stand behind those that they ask about. */
export async function evaluate(rules: readonly ActiveRule[], letter: Letter): Promise<Hit[]> {
  const hits = new Map<string, Hit>();
  const others = new GiveWay();
  for (const rule of rules) {
    if (others.isDue) await others.giveWay();
    const evidence = rule.find(letter, hits);
    if (evidence !== undefined) hits.set(rule.name, { rule, evidence: shown(evidence) });
  }
  return [...hits.values()];
}

/** Rules alone come to `limit` at most, however many hit. */
export function toVerdict(hits: readonly Hit[], limit: number): ScoreVerdict {
  const weighing = hits.filter(({ rule }) => rule.logOdds !== 0);
  const sum = weighing.reduce((total, { rule }) => total + rule.logOdds, 0);
  const reasons = weighing
    .map(
      ({ rule: { name, logOdds }, evidence }): ScoreReason => ({ name, logOdds, text: evidence }),
    )
    .toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
  return score(Math.max(-limit, Math.min(limit, sum)), reasons.slice(0, mostReasons));
}

function shown(evidence: string): string {
  const line = evidence.slice(0, 2 * longestEvidence).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > longestEvidence ? `${line.slice(0, longestEvidence)}...` : line;
}
