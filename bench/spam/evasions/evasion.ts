// Owns what a disguise is: it keeps what a reader sees, and changes what a filter sees.
import type { Random } from '../random.ts';
import type { Letter } from './letter.ts';

export interface Means {
  /** Words of the ham that the filter has learnt: the sender is assumed to know them. */
  readonly hamWords: readonly string[];
  readonly random: Random;
}

export interface Evasion {
  readonly name: string;
  /** For the table. */
  readonly title: string;
  disguise(letter: Letter, means: Means): Buffer;
}
