// Owns the rule from-several.
import type { BuiltInRule } from '../built-in-rule.ts';

export const fromSeveral: BuiltInRule = {
  name: 'from-several',
  logOdds: 1.5,
  about: 'several From fields, or several authors and no Sender',
  find({ headers, from }) {
    const fields = headers.all('From').length;
    if (fields > 1) return `${fields} From fields`;
    const authors = new Set(from.flatMap(({ address }) => address?.toLowerCase() ?? [])).size;
    const isExplained = authors < 2 || headers.get('Sender') !== undefined;
    return isExplained ? undefined : `${authors} authors and no Sender`;
  },
};
