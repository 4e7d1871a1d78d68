// Owns how the address of a connection's end is written.
import { isIPv4 } from 'node:net';

/** IPv4 on a dual-stack socket is written as what it is. */
export function plainAddress(address: string | undefined): string {
  const mapped = address?.startsWith('::ffff:') === true ? address.slice(7) : undefined;
  return mapped !== undefined && isIPv4(mapped) ? mapped : (address ?? 'unknown');
}
