// Owns whether a host name is made to be taken for that of a brand or of the reader. Pure.
import { lookAlikeKey, registrableDomain } from '#plugin-api';
import { brandLabels, isOfAnyBrand, registeredLabel } from './tables/brand-index.ts';
import { freeMail } from './tables/link-hosts.ts';
import { isOneChange, NearNames } from './tables/near-names.ts';

/** Shorter names have too many honest neighbours. */
const shortestNear = 6;
const shortestOwn = 5;

/** Words that are one letter away from a brand. */
const honest = new Set(
  'finance telecom barclay goggle horizon shopify spotify correio correos cosco klara revolt amazone'.split(
    ' ',
  ),
);

const byKey: ReadonlyMap<string, string> = new Map(
  [...brandLabels.keys()]
    .filter((label) => label.length > 3)
    .map((label) => [lookAlikeKey(label), label] as const),
);
const near = new NearNames([...brandLabels.keys()].filter((label) => label.length >= shortestNear));

/** What it is made to be taken for. */
export function lookedLike(host: string, ownDomains: readonly string[]): string | undefined {
  const label = registeredLabel(host);
  if (label === undefined) return undefined;
  return likeOwn(host, label, ownDomains) ?? likeBrand(host, label);
}

function likeBrand(host: string, label: string): string | undefined {
  if (brandLabels.has(label) || honest.has(label)) return undefined;
  const found = byKey.get(lookAlikeKey(label)) ?? near.find(label);
  return found === undefined || isOfAnyBrand(host) ? undefined : found;
}

function likeOwn(host: string, label: string, ownDomains: readonly string[]): string | undefined {
  const domain = registrableDomain(host);
  return ownDomains.find((own) => {
    if (freeMail.has(own)) return false;
    const ownLabel = registeredLabel(own);
    if (ownLabel === undefined || ownLabel.length < shortestOwn) return false;
    if (label === ownLabel || domain === registrableDomain(own)) return false;
    const isNear = ownLabel.length >= shortestNear && isOneChange(label, ownLabel);
    return isNear || lookAlikeKey(label) === lookAlikeKey(ownLabel);
  });
}

/** Well-known places where projects of brands have their pages. */
const projectHosts = /\.(?:github\.io|gitlab\.io|readthedocs\.io|rtfd\.io)$/;

/** A brand whose name is a word of a host that is not its own: `paypal.com.example.net`. */
export function brandWithin(host: string): string | undefined {
  if (projectHosts.test(host)) return undefined;
  const words = host.split(/[.-]/, 20);
  const name = words.find((word, at) => brandLabels.has(word) && at < words.length - 1);
  return name === undefined || isOfAnyBrand(host) ? undefined : name;
}
