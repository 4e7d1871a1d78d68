// Owns how a text is compared with what an administrator wrote. However either looks, the time is linear
// in the text.
import { type LinearPattern, matchesGlob } from '#plugin-api';

export type Comparison =
  | { readonly kind: 'contains' | 'equals' | 'glob'; readonly text: string }
  | { readonly kind: 'matches'; readonly pattern: LinearPattern };

/** An expression takes about 0.1 ms for 1 KB of text. */
const longestForPattern = 32 * 1024;
/** A pattern with stars takes as often as long as it has stars. */
const longestForGlob = 8 * 1024;

/** Case counts for expressions alone, which say so themselves: `(?i)`. */
export function fits(comparison: Comparison, text: string): boolean {
  switch (comparison.kind) {
    case 'contains':
      return text.toLowerCase().includes(comparison.text.toLowerCase());
    case 'equals':
      return text.trim().toLowerCase() === comparison.text.toLowerCase();
    case 'glob':
      return matchesGlob(comparison.text, text.slice(0, longestForGlob));
    case 'matches':
      return comparison.pattern.isIn(text.slice(0, longestForPattern));
  }
}
