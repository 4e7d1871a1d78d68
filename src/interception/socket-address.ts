// Owns the form of an address that the kernel writes into a buffer (ip(7), ipv6(7)). Pure.
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';
import type { Endpoint } from '../base/endpoint.ts';

/** sizeof(struct sockaddr_in6); one of IPv4 takes 16 of them. */
export const socketAddressOctets = 28;

const families = { ipv4: 2, ipv6: 10 } as const;

/** Undefined for an address of another kind. */
export function parseSocketAddress(octets: Buffer): Endpoint | undefined {
  const family = endianness() === 'LE' ? octets.readUInt16LE(0) : octets.readUInt16BE(0);
  // The rest is in the order of the network.
  const port = octets.readUInt16BE(2);
  if (family === families.ipv4) return { address: octets.subarray(4, 8).join('.'), port };
  if (family !== families.ipv6) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) =>
    octets.readUInt16BE(8 + 2 * index).toString(16),
  );
  // Written in its short form (RFC 5952).
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6', port });
}
