// Owns the rule look-alike-domain.
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts, senderDomains } from '../hosts.ts';
import { lookedLike } from '../look-alike-host.ts';

export const lookAlikeDomain: BuiltInRule = {
  name: 'look-alike-domain',
  logOdds: 2.5,
  about: 'a domain that is made to be taken for a brand or for the domain of the reader',
  find(letter) {
    for (const host of [...senderDomains(letter), ...linkedHosts(letter)]) {
      const like = lookedLike(host, letter.ownDomains);
      if (like !== undefined) return `${host} looks like ${like}`;
    }
    return undefined;
  },
};
