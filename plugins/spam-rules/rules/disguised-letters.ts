// Owns the rule disguised-letters.
import type { BuiltInRule } from '../built-in-rule.ts';

export const disguisedLetters: BuiltInRule = {
  name: 'disguised-letters',
  logOdds: 0.9,
  about: 'plain letters are written as numbers, which only programs have to read',
  find({ html }) {
    const disguised = html?.disguisedLetters ?? 0;
    return disguised >= fewestLetters ? `${disguised} letters` : undefined;
  },
};

const fewestLetters = 60;
