// Owns which hosts of a letter rules look at: those of links that a reader can follow. Pure.
import { domainToASCII } from 'node:url';
import { type FoundUri, registrableDomain } from '#plugin-api';
import type { Letter } from './letter/letter.ts';

/** Whoever needs more is not read by rules. */
const mostHosts = 100;

/** URIs that lead away when clicked on or sent. */
export function followed({ uris }: Letter): FoundUri[] {
  return uris.filter(({ scheme, place }) => scheme !== 'mailto' && followedPlaces.has(place));
}

const followedPlaces: ReadonlySet<FoundUri['place']> = new Set([
  'text',
  'link',
  'form',
  'refresh',
  'base',
]);

/** Of links, each once. */
export function linkedHosts(letter: Letter): string[] {
  const names = followed(letter).flatMap(({ host, hostKind }) =>
    hostKind === 'name' ? [host] : [],
  );
  return [...new Set(names)].slice(0, mostHosts);
}

/** Of whom the letter claims to be from, and whom answers go to. */
export function senderDomains({ from, replyTo }: Letter): string[] {
  const domains = [...from, ...replyTo].flatMap(({ domain }) =>
    domain === undefined ? [] : domainToASCII(domain) || domain,
  );
  return [...new Set(domains)].slice(0, mostHosts);
}

/** Whether somebody has registered both together. */
export function isSameOwner(one: string, other: string): boolean {
  return one === other || ownerOf(one) === ownerOf(other);
}

/** What was registered of a name. */
export function ownerOf(host: string): string {
  return registrableDomain(host) ?? host;
}
