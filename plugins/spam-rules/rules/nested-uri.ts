// Owns the rule nested-uri.
import type { BuiltInRule } from '../built-in-rule.ts';
import { followed, isSameOwner } from '../hosts.ts';
import { isAmong, linkGuards } from '../tables/link-hosts.ts';
import { targetParameters } from '../tables/redirectors.ts';

export const nestedUri: BuiltInRule = {
  name: 'nested-uri',
  logOdds: 0.5,
  about: 'a link whose query names another host to go on to',
  find(letter) {
    for (const { text, host } of followed(letter)) {
      const isPlain = !text.includes('=') || isAmong(host, linkGuards);
      const inner = isPlain ? undefined : innerHost(text);
      if (inner !== undefined && !isSameOwner(inner, host)) return `${host} to ${inner}`;
    }
    return undefined;
  },
};

function innerHost(text: string): string | undefined {
  for (const [name, value] of URL.parse(text)?.searchParams ?? []) {
    if (!targetParameters.has(name.toLowerCase()) || !/^(?:https?:)?\/\//i.test(value)) continue;
    const host = URL.parse(value.startsWith('//') ? `http:${value}` : value)?.hostname;
    if (host?.includes('.')) return host;
  }
  return undefined;
}
