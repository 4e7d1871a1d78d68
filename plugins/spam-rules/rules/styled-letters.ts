// Owns the rule styled-letters.
import type { BuiltInRule } from '../built-in-rule.ts';

export const styledLetters: BuiltInRule = {
  name: 'styled-letters',
  logOdds: 1.2,
  about: 'letters of mathematics in the place of plain ones',
  find({ subject = '', from }) {
    const text = [subject, ...from.map(({ name }) => name ?? '')].join(' ').slice(0, longestText);
    const styled =
      text.match(/[\u{1d400}-\u{1d7ff}\u{24b6}-\u{24e9}\u{1f130}-\u{1f189}]/gu)?.length ?? 0;
    return styled >= fewest ? `${styled} of them` : undefined;
  },
};

const longestText = 500;
const fewest = 4;
