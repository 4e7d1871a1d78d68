// Owns what a list holds, and which of several entries that fit one message decides. Pure.
import type { Pattern } from './entry.ts';

export type ListName = 'allow' | 'block';

/**
 * Who put it there. `released`, `corrected` and `answered` are put there by themselves: for a message that
 * was let out of quarantine, for one that was said to be no spam, and for a person who has answered.
 */
export type EntryOrigin = 'configuration' | 'command' | 'reader' | AutomaticOrigin;
export type AutomaticOrigin = 'released' | 'corrected' | 'answered';

export interface Listed {
  readonly list: ListName;
  /** As it is written. */
  readonly text: string;
  readonly pattern: Pattern;
  /** `own`: of this account alone. `general`: of all, or of those that a pattern names. */
  readonly scope: 'own' | 'general';
  readonly origin: EntryOrigin;
  readonly untilMs: number | undefined;
  /** What it says in log-odds; undefined for one that decides alone. */
  readonly logOdds?: number;
}

/** Anybody can write a header field, so that one which allows cannot decide alone, wherever it stands. */
const allowedFieldOdds = -5;

/** Of an entry that somebody has made on purpose; undefined for one that decides alone. */
export function oddsOf({ list, pattern }: Pick<Listed, 'list' | 'pattern'>): number | undefined {
  return isAllowedField({ list, pattern }) ? allowedFieldOdds : undefined;
}

function isAllowedField({ list, pattern }: Pick<Listed, 'list' | 'pattern'>): boolean {
  return list === 'allow' && pattern.kind === 'field';
}

/**
 * The more specific one first, then the account's own, then what was put there on purpose, then blocking.
 * With the last, whoever is on both lists of one kind is blocked: a mistake that is noticed, since the
 * message is tagged or in quarantine, and not one that lets spam through unseen.
 */
export function compareListed(a: Listed, b: Listed): number {
  return (
    specificity(b) - specificity(a) ||
    rank(a.scope === 'own') - rank(b.scope === 'own') ||
    rank(a.logOdds === undefined) - rank(b.logOdds === undefined) ||
    rank(a.list === 'block') - rank(b.list === 'block')
  );
}

function rank(isFirst: boolean): 0 | 1 {
  return isFirst ? 0 : 1;
}

/**
 * Of domains the longer one: all that fit one sender lie below each other. A field that allows comes after
 * all: else whoever is blocked would only have to write it.
 */
function specificity({ list, pattern }: Listed): number {
  if (isAllowedField({ list, pattern })) return 0;
  switch (pattern.kind) {
    case 'address':
      return 3000;
    case 'field':
    case 'expression':
      return 2000;
    case 'domain':
      return pattern.domain.length + (pattern.reach === 'exact' ? 1000 : 0);
  }
}
