// Owns what a rule says should become of what it matches: `meta: postern = "..."`, or a tag. Pure.
import type { Match, RuleSource } from './scanning.ts';

export type RuleWord =
  | { readonly kind: 'block' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'score'; readonly logOdds: number };

export type PlainWord = 'block' | 'flag';

const scorePattern = /^score:(-?\d{1,2}(?:\.\d{1,3})?)$/;

/** Undefined for what is none. */
export function parseRuleWord(text: string): RuleWord | undefined {
  if (text === 'block' || text === 'flag') return { kind: text };
  const [, number] = scorePattern.exec(text) ?? [];
  const logOdds = Number(number);
  return number === undefined || Math.abs(logOdds) > 20 ? undefined : { kind: 'score', logOdds };
}

/** The metadata before the tags `postern_block` and `postern_flag`, and these before the option. */
export function wordOf({ meta, tags }: Match, otherwise: PlainWord): RuleWord {
  if (meta !== undefined) return parseRuleWord(meta) ?? { kind: 'block' };
  if (tags.includes('postern_block')) return { kind: 'block' };
  if (tags.includes('postern_flag')) return { kind: 'flag' };
  return { kind: otherwise };
}

const metaPattern = /\bpostern[ \t]{0,20}=[ \t]{0,20}"([^"\r\n]{0,100})"/g;

/**
 * Throws for a word that nobody understands: otherwise it would be found out when the rule matches for
 * the first time. The compiler does not tell the metadata of rules, so their text is looked at.
 */
export function checkWords(sources: readonly RuleSource[]): void {
  for (const { file, text } of sources) {
    for (const { 1: word = '', index } of text.matchAll(metaPattern)) {
      if (parseRuleWord(word) !== undefined) continue;
      const line = text.slice(0, index).split('\n').length;
      throw new Error(
        `${file}:${line}: expected postern = "block", "flag" or "score:N" with N from -20 to 20, got "${word}"`,
      );
    }
  }
}

/** Whether any rule may give a score. */
export function hasScores(sources: readonly RuleSource[]): boolean {
  return sources.some(({ text }) =>
    text.matchAll(metaPattern).some(({ 1: word = '' }) => parseRuleWord(word)?.kind === 'score'),
  );
}
