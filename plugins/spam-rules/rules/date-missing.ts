// Owns the rule date-missing.
import type { BuiltInRule } from '../built-in-rule.ts';
import { parseDate } from '../dates.ts';

export const dateMissing: BuiltInRule = {
  name: 'date-missing',
  logOdds: 0.8,
  about: 'no Date, or none that can be read',
  find({ headers }) {
    const value = headers.get('Date');
    if (value === undefined) return 'no Date';
    return parseDate(value) === undefined ? 'no date in Date' : undefined;
  },
};
