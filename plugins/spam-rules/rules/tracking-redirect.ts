// Owns the rule tracking-redirect.

import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';
import { sendsOn } from '../tables/redirectors.ts';

export const trackingRedirect: BuiltInRule = {
  name: 'tracking-redirect',
  logOdds: 1,
  about: 'a link through an open redirect of a well-known host',
  find(letter) {
    return followed(letter).find(({ text }) => isRedirect(text))?.host;
  },
};

function isRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.search === '' && url.pathname === '/')) return false;
  return sendsOn(url.hostname, url.pathname);
}
