// Owns the step from the entries that fit a message to a verdict. Pure.
import { pass, type ScoreReason, score, type Verdict } from '#plugin-api';
import type { Authenticity } from './authenticity.ts';
import { compareListed, type Listed } from './listed.ts';
import type { SenderListsOptions } from './options.ts';

/** Beyond every threshold, and a final verdict besides. */
const certain = 12;
const mostReasons = 5;

export function judge(
  fitting: readonly Listed[],
  authenticity: Authenticity,
  demand: SenderListsOptions['authenticated'],
): Verdict {
  const ignored: ScoreReason[] = [];
  for (const entry of fitting.toSorted(compareListed)) {
    if (entry.list === 'allow' && !isEnough(authenticity, demand)) {
      if (ignored.length < mostReasons) ignored.push(withoutProof(entry, authenticity));
      continue;
    }
    const isFinal = entry.logOdds === undefined;
    const logOdds = entry.logOdds ?? (entry.list === 'allow' ? -certain : certain);
    const reasons = [reasonFor(entry, logOdds), ...ignored];
    return isFinal ? score(logOdds, reasons, { isFinal }) : score(logOdds, reasons);
  }
  return ignored.length === 0 ? pass() : score(0, ignored);
}

function isEnough(
  authenticity: Authenticity,
  demand: SenderListsOptions['authenticated'],
): boolean {
  switch (demand) {
    case 'required':
      return authenticity === 'pass';
    case 'when-known':
      return authenticity !== 'fail';
    case 'ignored':
      return true;
  }
}

function reasonFor(entry: Listed, logOdds: number): ScoreReason {
  return { name: nameOf(entry), logOdds, text: `${entry.text} (${sourceOf(entry)})` };
}

function nameOf({ list, origin }: Listed): string {
  switch (origin) {
    case 'released':
    case 'corrected':
    case 'answered':
      return `sender-${origin}`;
    default:
      return list === 'allow' ? 'sender-allowed' : 'sender-blocked';
  }
}

function sourceOf({ scope, origin }: Listed): string {
  if (scope === 'own') return 'list of the account';
  return origin === 'configuration' ? 'list of the configuration' : 'list for all accounts';
}

function withoutProof(entry: Listed, authenticity: Authenticity): ScoreReason {
  const why =
    authenticity === 'fail' ? 'but the sender is not the real one' : 'but nothing proves it';
  return { name: 'sender-not-proven', logOdds: 0, text: `${entry.text} is allowed, ${why}` };
}
