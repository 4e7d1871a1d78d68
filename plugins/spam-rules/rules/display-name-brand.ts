// Owns the rule display-name-brand.
import type { BuiltInRule } from '../built-in-rule.ts';
import { brandNamedIn, isOfBrand } from '../tables/brand-index.ts';

export const displayNameBrand: BuiltInRule = {
  name: 'display-name-brand',
  logOdds: 2.2,
  about: 'the name of the sender is a brand that his domain does not belong to',
  find({ from }) {
    for (const { name, domain } of from) {
      const brand = name === undefined ? undefined : brandNamedIn(name.slice(0, longestName));
      if (brand !== undefined && domain !== undefined && !isOfBrand(domain, brand)) {
        return `${brand.name} from ${domain}`;
      }
    }
    return undefined;
  },
};

const longestName = 200;
