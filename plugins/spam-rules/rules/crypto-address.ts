// Owns the rule crypto-address.
import { createHash } from 'node:crypto';
import type { BuiltInRule } from '../built-in-rule.ts';

export const cryptoAddress: BuiltInRule = {
  name: 'crypto-address',
  logOdds: 1.2,
  about: 'an address for coins',
  find({ plainText, html }) {
    let left = mostCandidates;
    for (const text of [plainText, html?.visibleText ?? '']) {
      for (const word of text.slice(0, longestText).split(/[^A-Za-z0-9]+/)) {
        if (word.length < 26 || word.length > 62) continue;
        if (isCoinAddress(word)) return word;
        left -= 1;
        if (left === 0) return undefined;
      }
    }
    return undefined;
  },
};

const longestText = 64 * 1024;
/** Long words are rare, and a checksum takes time. */
const mostCandidates = 200;

const bech32 = /^bc1[ac-hj-np-z02-9]{25,59}$/;
const hex = /^0x[0-9a-fA-F]{40}$/;
const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Bitcoin in both forms, Ethereum. */
function isCoinAddress(word: string): boolean {
  return bech32.test(word) || hex.test(word) || isBase58Address(word);
}

/** Many a word has such letters; the last four octets are a digest of the others. */
function isBase58Address(word: string): boolean {
  if (!/^[13][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(word)) return false;
  let number = 0n;
  for (const digit of word) number = number * 58n + BigInt(digits.indexOf(digit));
  const text = number.toString(16).padStart(50, '0');
  if (text.length !== 50) return false;
  const octets = Buffer.from(text, 'hex');
  const once = createHash('sha256').update(octets.subarray(0, 21)).digest();
  const twice = createHash('sha256').update(once).digest();
  return twice.subarray(0, 4).equals(octets.subarray(21));
}
