// Owns the syntax of a host that somebody else named: a client, a directory, an intercepted connection.
// Stricter than resolvers, which take far more for an address or a name than people do. Pure.
import { toAddress } from './network.ts';

export type Host =
  /** Lower case. */
  | { readonly kind: 'name'; readonly text: string }
  /** In its shortest form; IPv4-mapped IPv6 is written as IPv4. */
  | { readonly kind: 'address'; readonly text: string };

// RFC 1035 s.2.3.4, less the length octets.
const maxLength = 253;
// RFC 1123 s.2.1. No dot at the end: "pop.example." is another text for the same host.
const labels = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
// inet_aton(3) reads 2130706433, 127.1, 0177.0.0.1 and 0x7f.1 as addresses, and getaddrinfo(3) asks it.
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/** Undefined for what is neither: no brackets, zones, percent signs, underscores, or letters beyond ASCII. */
export function parseHost(text: string): Host | undefined {
  if (text.length > maxLength) return undefined;
  const address = toAddress(text);
  if (address !== undefined) return { kind: 'address', text: address };
  // Before toLowerCase(), which makes a plain k of the Kelvin sign.
  if (!/^[A-Za-z0-9.-]+$/.test(text)) return undefined;
  const name = text.toLowerCase();
  return labels.test(name) && !endsInNumber.test(name) ? { kind: 'name', text: name } : undefined;
}

/** Host names with the same meaning for everybody; what has no dot is completed by the resolver. */
export function isQualified(name: string): boolean {
  return name.includes('.');
}
