// Owns the rule zero-width-in-words.
import type { BuiltInRule } from '../built-in-rule.ts';

export const zeroWidthInWords: BuiltInRule = {
  name: 'zero-width-in-words',
  logOdds: 1.6,
  about: 'invisible characters within words',
  find({ subject = '', plainText, html, from }) {
    const names = from.map(({ name }) => name ?? '').join(' ');
    const body = plainText.slice(0, longestText) + (html?.visibleText.slice(0, longestText) ?? '');
    const count = countInvisible(`${subject} ${names} ${body}`);
    return count >= fewest ? `${count} of them` : undefined;
  },
};

const longestText = 32 * 1024;
const fewest = 3;
const invisible = /[\u200b-\u200d\u00ad\u2060\ufeff]|\u034f/;
const latin = /\p{Script=Latin}/u;

/**
 * Joiners have a meaning in other scripts, so only those between Latin letters count; and of soft
 * hyphens, which break long words in honest mail, only those after a single letter.
 */
function countInvisible(text: string): number {
  if (!invisible.test(text)) return 0;
  let count = 0;
  for (let at = 1; at < text.length - 1; at += 1) {
    if (!invisible.test(text.charAt(at)) || !latin.test(text.charAt(at + 1))) continue;
    const isHyphen = text.charAt(at) === '\u00ad';
    if (latin.test(text.charAt(at - 1)) && (!isHyphen || text.charAt(at - 2) === '\u00ad'))
      count += 1;
  }
  return count;
}
