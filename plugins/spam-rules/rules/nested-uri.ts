// Owns the rule nested-uri.
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed, isSameOwner } from '../hosts.ts';
import { senderTest } from '../senders.ts';
import { isAmong, linkGuards } from '../tables/link-hosts.ts';
import { isKnownRedirect, targetHost } from '../tables/redirectors.ts';

export const nestedUri: BuiltInRule = {
  name: 'nested-uri',
  logOdds: 0.5,
  about: 'a link whose query names another host to go on to',
  find(letter) {
    let isOfSender: ((host: string) => boolean) | undefined;
    for (const { text, host } of followed(letter)) {
      // Open redirects that are known are what the rule tracking-redirect is about.
      const isPlain = !text.includes('=') || isAmong(host, linkGuards) || isKnownRedirect(text);
      const inner = isPlain ? undefined : targetHost(text);
      if (inner === undefined || isSameOwner(inner, host)) continue;
      isOfSender ??= senderTest(letter);
      if (!isOfSender(host)) return `${host} to ${inner}`;
    }
    return undefined;
  },
};
