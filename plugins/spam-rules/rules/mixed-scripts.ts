// Owns the rule mixed-scripts.

import { domainToUnicode } from 'node:url';
import { mixesScripts } from '#plugin-api';
import type { BuiltInRule } from '../built-in-rule.ts';
import { linkedHosts, senderDomains } from '../hosts.ts';

export const mixedScripts: BuiltInRule = {
  name: 'mixed-scripts',
  logOdds: 1.8,
  about: 'a word that mixes letters of scripts which look alike',
  find(letter) {
    const hosts = [...senderDomains(letter), ...linkedHosts(letter)].map(domainToUnicode);
    const texts = [letter.subject ?? '', ...letter.from.map(({ name }) => name ?? ''), ...hosts];
    const body = (letter.plainText + (letter.html?.visibleText ?? '')).slice(0, longestText);
    for (const text of [...texts, body]) {
      if (!beyondAscii.test(text)) continue;
      const word = text.split(/[^\p{L}\p{M}]+/u).find(isMixed);
      if (word !== undefined) return word;
    }
    return undefined;
  },
};

/** Units and formulas mix as well: `k\u03a9`, `\u0394t`. */
function isMixed(word: string): boolean {
  return word.length > 3 && mixesScripts(word);
}

const longestText = 16 * 1024;
const beyondAscii = /[^\0-\x7f]/;
