// Owns the rule from-malformed.
import type { BuiltInRule } from '../built-in-rule.ts';

export const fromMalformed: BuiltInRule = {
  name: 'from-malformed',
  logOdds: 0.8,
  about: 'a name stands apart from the address of the sender, as by a stray comma',
  find({ from }) {
    const hasAddress = from.some(({ domain }) => domain !== undefined);
    const alone = from.find(({ address }) => address === undefined);
    return hasAddress ? alone?.name : undefined;
  },
};
