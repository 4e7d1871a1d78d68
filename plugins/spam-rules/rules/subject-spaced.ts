// Owns the rule subject-spaced.
import type { BuiltInRule } from '../built-in-rule.ts';

export const subjectSpaced: BuiltInRule = {
  name: 'subject-spaced',
  logOdds: 1.5,
  about: 'the letters of a word in the subject stand apart',
  find({ subject = '' }) {
    return spaced.exec(subject.slice(0, longestSubject))?.[0];
  },
};

const longestSubject = 500;
/** Five letters or more, each alone. */
const spaced = /(?<![\p{L}\p{N}])\p{L}(?:[ ._*-]\p{L}){4}(?![\p{L}\p{N}])/u;
