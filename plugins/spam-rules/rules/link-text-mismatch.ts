// Owns the rule link-text-mismatch.
import type { BuiltInRule } from '../built-in-rule.ts';
import { isSameOwner } from '../hosts.ts';
import { bulkSenderTest } from '../senders.ts';
import { isAmong, linkGuards } from '../tables/link-hosts.ts';
import { isKnownRedirect, targetHost } from '../tables/redirectors.ts';

export const linkTextMismatch: BuiltInRule = {
  name: 'link-text-mismatch',
  logOdds: 1.5,
  about: 'a link shows one host and leads to another',
  find(letter) {
    const { html, from } = letter;
    const isAuthor = (host: string): boolean =>
      from.some(({ domain }) => domain !== undefined && isSameOwner(domain, host));
    let isOfBulkSender: ((host: string) => boolean) | undefined;
    for (const { target, shown } of html?.links ?? []) {
      const host = hostOf(target);
      const claimed = host === undefined ? undefined : hostOf(asUri(shown.trim()));
      if (host === undefined || claimed === undefined || isSameOwner(host, claimed)) continue;
      if (isAmong(host, linkGuards) || leadsThere(target, claimed)) continue;
      // The click goes through the sender, who counts it, or through whoever sends in bulk for him.
      if (isAuthor(host)) continue;
      isOfBulkSender ??= bulkSenderTest(letter);
      if (isAuthor(claimed) && isOfBulkSender(host)) continue;
      return `${claimed} leads to ${host}`;
    }
    return undefined;
  },
};

/** By way of a redirect that is known, to where it says. */
function leadsThere(target: string, claimed: string): boolean {
  const inner = isKnownRedirect(target) ? targetHost(target) : undefined;
  return inner !== undefined && isSameOwner(inner, claimed);
}

/** Only a text that is a host or an URI through and through promises anything. */
function asUri(shown: string): string | undefined {
  if (/^https?:\/\/\S+$/i.test(shown)) return shown;
  return /^www\.\S+\.\S+$/i.test(shown) || /^[^\s/@:]+\.[^\s/@:]+\/\S*$/.test(shown)
    ? `http://${shown}`
    : undefined;
}

function hostOf(target: string | undefined): string | undefined {
  const url = target === undefined ? null : URL.parse(target.trim());
  return url !== null && /^https?:$/.test(url.protocol) ? url.hostname : undefined;
}
