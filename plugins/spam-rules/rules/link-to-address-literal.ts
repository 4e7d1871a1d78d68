// Owns the rule link-to-address-literal.

import type { FoundUri } from '#plugin-api';
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';
import { insideNetworks } from '../inside-networks.ts';

export const linkToAddressLiteral: BuiltInRule = {
  name: 'link-to-address-literal',
  logOdds: 1.5,
  about: 'a link to a number in the place of a name',
  find(letter) {
    const isOutside = ({ hostKind, host }: FoundUri): boolean =>
      hostKind === 'address' && !insideNetworks.contains(host);
    return followed(letter).find(isOutside)?.host;
  },
};
