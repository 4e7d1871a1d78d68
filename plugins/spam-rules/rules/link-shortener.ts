// Owns the rule link-shortener.
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts } from '../hosts.ts';
import { isAmong, shorteners } from '../tables/link-hosts.ts';

export const linkShortener: BuiltInRule = {
  name: 'link-shortener',
  logOdds: 0.8,
  about: 'a link whose short form hides where it leads',
  find(letter) {
    return linkedHosts(letter).find((host) => isAmong(host, shorteners));
  },
};
