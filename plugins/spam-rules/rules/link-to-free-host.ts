// Owns the rule link-to-free-host.
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts } from '../hosts.ts';
import { freeHosts, isAmong } from '../tables/link-hosts.ts';

export const linkToFreeHost: BuiltInRule = {
  name: 'link-to-free-host',
  logOdds: 0.6,
  about: 'a link to a page that anybody can put up without a name',
  find(letter) {
    return linkedHosts(letter).find((host) => isAmong(host, freeHosts));
  },
};
