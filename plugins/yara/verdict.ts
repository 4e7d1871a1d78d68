// Owns the words in which a scan is reported: to the policy, the reader of a notice, the audit trail. Pure.
import { block, flag, pass, score, tempfail, type Verdict } from '#plugin-api';
import type { FoundMatch, MessageScan } from './message-scan.ts';
import { type PlainWord, type RuleWord, wordOf } from './rule-word.ts';

/** What becomes of a message that can never be scanned. */
export type NotScannedPolicy = 'block' | 'flag' | 'defer';

export interface VerdictOptions {
  /** For rules that say nothing. */
  readonly verdict: PlainWord;
  readonly notScanned: NotScannedPolicy;
}

const notScannedWord = 'not-scanned';
const mostNamed = 10;

/** A block counts before a gap, that before a flag, and that before a score. */
export function toVerdict({ found, gap }: MessageScan, options: VerdictOptions): Verdict {
  const judged = found.map((each) => ({ ...each, word: wordOf(each.match, options.verdict) }));
  const blocking = judged.filter(({ word }) => word.kind === 'block');
  const [worst] = blocking;
  if (worst !== undefined) {
    const paths = gap === undefined ? partsOf(blocking) : undefined;
    const { fileName } = worst.place;
    return block(worst.match.rule, {
      explanation: `The YARA rule ${worst.match.rule} matches.`,
      evidence: named(blocking),
      ...(fileName === undefined ? {} : { part: fileName }),
      ...(paths === undefined ? {} : { paths }),
    });
  }
  if (gap !== undefined && options.notScanned !== 'flag') {
    const evidence = `${gap.place.text}: ${gap.reason}`;
    if (options.notScanned === 'defer') return tempfail(evidence);
    const explanation = `The message could not be checked by YARA rules: ${gap.reason}.`;
    return block(notScannedWord, { explanation, evidence });
  }
  const flagged = judged.filter(({ word }) => word.kind === 'flag');
  const [first] = flagged;
  if (first !== undefined) return flag(first.match.rule, named(flagged));
  if (gap !== undefined) return flag(notScannedWord, `${gap.place.text}: ${gap.reason}`);
  return toScore(judged);
}

type Judged = FoundMatch & { readonly word: RuleWord };

/** Each rule once, however many parts it matches. */
function toScore(judged: readonly Judged[]): Verdict {
  const points = new Map<string, { readonly logOdds: number; readonly text: string }>();
  for (const { match, word, place } of judged) {
    if (word.kind !== 'score' || points.has(match.rule)) continue;
    points.set(match.rule, { logOdds: word.logOdds, text: place.text });
  }
  if (points.size === 0) return pass();
  const reasons = [...points]
    .map(([name, reason]) => ({ name, ...reason }))
    .toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds));
  return score(
    reasons.reduce((sum, { logOdds }) => sum + logOdds, 0),
    reasons.slice(0, 20),
  );
}

/**
 * Without these parts the message is acceptable. Undefined when a rule matches the message as it is: then
 * nobody knows which part of it is meant.
 */
function partsOf(blocking: readonly Judged[]): string[] | undefined {
  const paths = blocking.flatMap(({ place }) => place.path ?? []);
  return paths.length === blocking.length ? [...new Set(paths)] : undefined;
}

function named(all: readonly Judged[]): string {
  const names = all.map(({ match, place }) => `${match.rule} in ${place.text}`);
  const rest = names.length > mostNamed ? [`and ${names.length - mostNamed} more`] : [];
  return [...names.slice(0, mostNamed), ...rest].join(', ');
}
