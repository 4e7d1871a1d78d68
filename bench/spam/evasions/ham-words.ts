// Owns the words that a sender borrows from ham.
import { pick } from '../random.ts';
import type { Means } from './evasion.ts';

/** Drawn as often as they occur in ham. */
export function borrowWords({ hamWords, random }: Means, count: number): string {
  if (hamWords.length === 0) return '';
  const words = Array.from({ length: count }, () => pick(random, hamWords));
  return words
    .map((word, at) => (at % 12 === 11 ? `${word}\n` : `${word} `))
    .join('')
    .trimEnd();
}

/** Words of letters only, in the order of the text. */
export function wordsOf(text: string): string[] {
  return text.match(/\p{L}{3,20}/gu) ?? [];
}
