// Owns finding a brand by a text or a host name, and whether a domain belongs to it. Pure.
import { domainToUnicode } from 'node:url';
import { isUnder, latinReading, lookAlikeKey, registrableDomain } from '#plugin-api';
import { type Brand, brands, serviceWords } from './brands.ts';

interface Phrase {
  readonly brand: Brand;
  readonly keys: readonly string[];
}

const phrases = new Map<string, Phrase[]>();
for (const brand of brands) {
  for (const word of brand.words) {
    const keys = wordsOf(word).map(lookAlikeKey);
    const [first = ''] = keys;
    phrases.set(first, [...(phrases.get(first) ?? []), { brand, keys }]);
  }
}

/** More words than that are no name. */
const mostWords = 30;

/** The first brand that is named in a text, also where it is written with letters that only look like it. */
export function brandNamedIn(text: string): Brand | undefined {
  const words = wordsOf(text);
  if (words.length > mostWords) return undefined;
  const keys = words.map(lookAlikeKey);
  for (const [at, key] of keys.entries()) {
    for (const phrase of phrases.get(key) ?? []) {
      const end = at + phrase.keys.length;
      if (!phrase.keys.every((each, index) => keys[at + index] === each)) continue;
      const others = [...words.slice(0, at), ...words.slice(end)];
      const isMeant = phrase.brand.isOrdinaryWord !== true || others.every(isServiceWord);
      if (isMeant) return phrase.brand;
    }
  }
  return undefined;
}

function wordsOf(text: string): string[] {
  return latinReading(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function isServiceWord(word: string): boolean {
  return serviceWords.has(word) || /^\d+$/.test(word);
}

/** Endings of countries, and what stands for `com` below them: `de`, `co.uk`. */
const countryEnding = /^(?:(?:com?|net|org)\.)?[a-z]{2}$/;

export function isOfBrand(host: string, { domains }: Brand): boolean {
  return domains.some((domain) => {
    if (!domain.endsWith('.*')) return isUnder(host, domain);
    const own = registrableDomain(host) ?? host;
    const stem = domain.slice(0, -1);
    return own.startsWith(stem) && countryEnding.test(own.slice(stem.length));
  });
}

export function isOfAnyBrand(host: string): boolean {
  return brands.some((brand) => isOfBrand(host, brand));
}

/** The part of a host name that somebody has registered, as it is shown. */
export function registeredLabel(host: string): string | undefined {
  const domain = registrableDomain(host);
  return domain === undefined ? undefined : domainToUnicode(domain).split('.', 1)[0];
}

/** Names under which brands are found, without blanks, and not too short to be told from other words. */
export const brandLabels: ReadonlyMap<string, Brand> = new Map(
  brands
    .filter(({ isOrdinaryWord }) => isOrdinaryWord !== true)
    .flatMap((brand) =>
      brand.words
        .filter((word) => /^[a-z0-9]{3,}$/.test(word))
        .map((word) => [word, brand] as const),
    ),
);
