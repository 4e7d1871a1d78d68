// Owns the rule punycode-host.

import { domainToUnicode } from 'node:url';
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts, senderDomains } from '../hosts.ts';

export const punycodeHost: BuiltInRule = {
  name: 'punycode-host',
  logOdds: 0.8,
  about: 'a host with letters beyond ASCII',
  find(letter) {
    const host = [...senderDomains(letter), ...linkedHosts(letter)].find(
      (each) => each.startsWith('xn--') || each.includes('.xn--'),
    );
    return host === undefined ? undefined : `${host} is ${domainToUnicode(host)}`;
  },
};
