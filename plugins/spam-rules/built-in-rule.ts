// Owns the shape of a rule that comes with the plugin.
import type { Letter } from './letter/letter.ts';

export interface BuiltInRule {
  /** Short and stable: configurations, headers and records name it. */
  readonly name: string;
  /** What a hit adds to the logarithm of the odds that a message is spam. */
  readonly logOdds: number;
  /** A sentence for people, without a full stop. */
  readonly about: string;
  /** What gave it away, for people; undefined when the rule does not hit. */
  find(letter: Letter): string | undefined;
}
