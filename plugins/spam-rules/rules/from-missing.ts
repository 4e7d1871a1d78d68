// Owns the rule from-missing.
import type { BuiltInRule } from '../built-in-rule.ts';

export const fromMissing: BuiltInRule = {
  name: 'from-missing',
  logOdds: 1.5,
  about: 'no address stands in From',
  find({ from }) {
    return from.some(({ address }) => address !== undefined) ? undefined : 'no address in From';
  },
};
