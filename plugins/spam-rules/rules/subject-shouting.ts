// Owns the rule subject-shouting.
import type { BuiltInRule } from '../built-in-rule.ts';

export const subjectShouting: BuiltInRule = {
  name: 'subject-shouting',
  logOdds: 0.7,
  about: 'the subject is in capitals',
  find({ subject = '' }) {
    const letters = subject.slice(0, longestSubject).replaceAll(/[^\p{Lu}\p{Ll}]/gu, '');
    const isLoud = letters.length >= fewestLetters && !/\p{Ll}/u.test(letters);
    return isLoud ? 'no small letter' : undefined;
  },
};

const longestSubject = 500;
const fewestLetters = 12;
