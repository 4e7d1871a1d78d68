// Owns the rule hidden-text.
import type { BuiltInRule } from '../built-in-rule.ts';

export const hiddenText: BuiltInRule = {
  name: 'hidden-text',
  logOdds: 1.3,
  about: 'much text that no reader sees',
  find({ html }) {
    const hidden = html?.hiddenLetters ?? 0;
    return hidden >= fewestLetters ? `${hidden} hidden letters` : undefined;
  },
};

/** Newsletters hide a sentence or two, which mail programs show beside the subject. */
const fewestLetters = 400;
