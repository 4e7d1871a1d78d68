// Owns the rule display-name-address.
import type { BuiltInRule } from '../built-in-rule.ts';
import { isSameOwner } from '../hosts.ts';

export const displayNameAddress: BuiltInRule = {
  name: 'display-name-address',
  logOdds: 2,
  about: 'the name of the sender is an address, and another one than his',
  find({ from }) {
    for (const { name, domain } of from) {
      const shown = name === undefined ? undefined : addressIn(name);
      if (shown !== undefined && domain !== undefined && !isSameOwner(shown.domain, domain)) {
        return `${shown.address} is from ${domain}`;
      }
    }
    return undefined;
  },
};

/** The first word that would be taken for an address. */
function addressIn(
  name: string,
): { readonly address: string; readonly domain: string } | undefined {
  for (const word of name.slice(0, longestName).split(/[\s"'<>()[\],;:]+/)) {
    const at = word.indexOf('@');
    const domain = word.slice(at + 1).toLowerCase();
    if (at > 0 && /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(domain)) {
      return { address: word, domain };
    }
  }
  return undefined;
}

const longestName = 300;
