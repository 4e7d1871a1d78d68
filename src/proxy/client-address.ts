// Owns how the address of a client is written.
import { isIPv4 } from 'node:net';

/** IPv4 clients of a dual-stack listener are written as what they are. */
export function plainAddress(address: string | undefined): string {
  const mapped = address?.startsWith('::ffff:') === true ? address.slice(7) : undefined;
  return mapped !== undefined && isIPv4(mapped) ? mapped : (address ?? 'unknown');
}
