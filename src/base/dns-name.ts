// Owns which text counts as the name of a server: as a client asks for it, as a certificate carries it,
// and whether the one covers the other. Pure.
import { isIP } from 'node:net';

// RFC 1035 s.2.3.4, without the root and its dot.
const nameMaxOctets = 253;
/** Letters, digits and hyphens (RFC 1123 s.2.1); an underscore is in real names too. */
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
/** Whoever reads names loosely takes such an end for an IPv4 address: `0x7f.1` is 127.0.0.1. */
const numericLabel = /^(?:\d+|0x[0-9a-f]*)$/;

/** In lower case, without a final dot; undefined for what is no DNS name, an IP address among it. */
export function toServerName(text: string): string | undefined {
  // There are letters beyond ASCII that are ASCII in lower case.
  if (!/^[!-~]+$/.test(text)) return undefined;
  // RFC 6066 s.3 wants no dot at the end, which some clients send nevertheless.
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > nameMaxOctets || isIP(name) !== 0) return undefined;
  const labels = name.split('.');
  if (!labels.every((each) => label.test(each))) return undefined;
  return numericLabel.test(labels.at(-1) ?? '') ? undefined : name;
}

/** A name, or one with `*` as its whole first label (RFC 9525 s.6.3). */
export function toNamePattern(text: string): string | undefined {
  if (!text.startsWith('*.')) return toServerName(text);
  const rest = toServerName(text.slice(2));
  return rest === undefined ? undefined : `*.${rest}`;
}

/** The pattern whose `*` stands for the first label of a name. */
export function wildcardOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot === -1 ? undefined : `*${name.slice(dot)}`;
}

/** RFC 9525 s.6.3: the star stands for exactly one label. Both in the form of the functions above. */
export function isCovered(name: string, pattern: string): boolean {
  return name === pattern || wildcardOf(name) === pattern;
}
