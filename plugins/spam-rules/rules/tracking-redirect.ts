// Owns the rule tracking-redirect.

import type { BuiltInRule } from '../built-in-rule.ts';
import { followed } from '../hosts.ts';
import { senderTest } from '../senders.ts';
import { isKnownRedirect } from '../tables/redirectors.ts';

export const trackingRedirect: BuiltInRule = {
  name: 'tracking-redirect',
  logOdds: 1,
  about: 'a link through an open redirect of a well-known host',
  find(letter) {
    const redirects = followed(letter).filter(({ text }) => isKnownRedirect(text));
    if (redirects.length === 0) return undefined;
    // Whoever runs one leads the links of his own letters through it.
    const isOfSender = senderTest(letter);
    return redirects.find(({ host }) => !isOfSender(host))?.host;
  },
};
