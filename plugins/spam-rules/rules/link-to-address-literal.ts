// Owns the rule link-to-address-literal.

import { type FoundUri, NetworkSet, parseNetwork } from '#plugin-api';
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';

export const linkToAddressLiteral: BuiltInRule = {
  name: 'link-to-address-literal',
  logOdds: 1.5,
  about: 'a link to a number in the place of a name',
  find(letter) {
    const isOutside = ({ hostKind, host }: FoundUri): boolean =>
      hostKind === 'address' && !inside.contains(host);
    return followed(letter).find(isOutside)?.host;
  },
};

/** People write to each other of machines in their own network. */
const inside = new NetworkSet(
  ['10.0.0.0/8', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'].flatMap(
    (text) => parseNetwork(text) ?? [],
  ),
);
