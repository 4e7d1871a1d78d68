// Owns which part of a host name somebody has registered, by the Public Suffix List as tldts carries it.
import { createRequire } from 'node:module';
import type { parse } from 'tldts';
import { toServerName } from './dns-name.ts';

type Parse = typeof parse;

let loaded: Parse | undefined;

/** At first use: the list takes some megabytes, and most processes never ask. */
function parseName(name: string): ReturnType<Parse> {
  loaded ??= (createRequire(import.meta.url)('tldts') as { readonly parse: Parse }).parse;
  return loaded(name, options);
}

// What users of `github.io` and the like get counts as theirs, not as that of the host of all of them.
const options = { allowPrivateDomains: true, extractHostname: false, mixedInputs: false } as const;

/**
 * `example.co.uk` of `www.example.co.uk`, in lower case; undefined for an address, for a public suffix
 * itself, for a name without a dot, and for what is no name.
 */
export function registrableDomain(host: string): string | undefined {
  const name = toServerName(host);
  return name === undefined ? undefined : (parseName(name).domain ?? undefined);
}

/** Whether it ends in a suffix under which names are registered: `example.com`, not `example.cmo`. */
export function hasPublicSuffix(name: string): boolean {
  const { isIcann, isPrivate, domain } = parseName(name);
  return domain !== null && (isIcann === true || isPrivate === true);
}

/** Is the name the domain itself, or below it? Both in lower case. */
export function isUnder(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
