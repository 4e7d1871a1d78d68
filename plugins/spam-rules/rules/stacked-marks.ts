// Owns the rule stacked-marks.
import type { BuiltInRule } from '../built-in-rule.ts';

export const stackedMarks: BuiltInRule = {
  name: 'stacked-marks',
  logOdds: 1.8,
  about: 'letters carry marks that no language puts on them',
  find({ subject = '', from }) {
    const text = [subject, ...from.map(({ name }) => name ?? '')].join(' ').slice(0, longestText);
    const marked = text.normalize('NFC').match(/[a-z][\u0300-\u036f]/gi)?.length ?? 0;
    return marked >= fewest ? `on ${marked} letters` : undefined;
  },
};

const longestText = 500;
const fewest = 4;
