import type { Evasion } from './evasion.ts';
import { writeLetter } from './write-letter.ts';

/** No disguise: shows what the writing of the message anew does by itself. */
export const rewritten: Evasion = {
  name: 'rewritten',
  title: 'written anew, no disguise',
  disguise: (letter) => writeLetter(letter),
};
