// Owns domains as names are compared by them. Pure.
import { domainToASCII } from 'node:url';

const at = 0x40;

/** What stands behind the last @ of a login name, in the form of plainDomain. */
export function domainOf(name: Buffer): string | undefined {
  const index = name.lastIndexOf(at);
  if (index === -1 || index === name.length - 1) return undefined;
  return plainDomain(name.subarray(index + 1).toString('utf8'));
}

/**
 * In small letters, without the dot of the root (RFC 1034 s.3.1), labels beyond ASCII as they stand in the DNS
 * (RFC 5891 s.4.4). A label that cannot stand there is left as it is: it fits nothing but itself.
 */
export function plainDomain(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  return name
    .split('.')
    .map((label) => (/^[ -~]*$/.test(label) ? label : domainToASCII(label) || label))
    .join('.');
}
