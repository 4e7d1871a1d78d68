// Owns the rule brand-in-host.
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts, senderDomains } from '../hosts.ts';
import { brandWithin } from '../look-alike-host.ts';

export const brandInHost: BuiltInRule = {
  name: 'brand-in-host',
  logOdds: 1.3,
  about: 'the name of a brand within a host that does not belong to it',
  find(letter) {
    for (const host of [...senderDomains(letter), ...linkedHosts(letter)]) {
      const brand = brandWithin(host);
      if (brand !== undefined) return `${brand} in ${host}`;
    }
    return undefined;
  },
};
