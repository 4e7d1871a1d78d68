// Owns IP networks in CIDR notation and whether an address lies in one of them. Pure.
import { BlockList, isIP, SocketAddress } from 'node:net';

type Family = 'ipv4' | 'ipv6';

interface Address {
  readonly family: Family;
  readonly text: string;
}

export interface Network {
  readonly family: Family;
  readonly address: string;
  readonly prefixLength: number;
}

const bitsOf = { ipv4: 32, ipv6: 128 } as const;
// RFC 4291 s.2.5.5.2: an IPv4 address takes the last 32 bits of ::ffff:0:0/96.
const mappedBits = 96;
const mappedAddress = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** `192.0.2.0/24`, `2001:db8::/32`, or one address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [, addressText = '', prefixText] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(addressText);
  if (address === undefined) return undefined;
  const isMapped = address.family === 'ipv4' && isIP(addressText) === 6;
  const bits = isMapped ? bitsOf.ipv6 : bitsOf[address.family];
  const written = prefixText === undefined ? bits : Number(prefixText);
  if (written > bits) return undefined;
  if (!isMapped) return { family: address.family, address: address.text, prefixLength: written };
  // A wider network of mapped addresses holds others as well and is left as it was written.
  return written < mappedBits
    ? { family: 'ipv6', address: addressText, prefixLength: written }
    : { family: 'ipv4', address: address.text, prefixLength: written - mappedBits };
}

/** Is all of the first network in the second? */
export function isWithin(inner: Network, outer: Network): boolean {
  return (
    inner.prefixLength >= outer.prefixLength && new NetworkSet([outer]).contains(inner.address)
  );
}

export function isOneAddress({ family, prefixLength }: Network): boolean {
  return prefixLength === bitsOf[family];
}

/** Each family has a list of its own: `::/0` must not let in the whole of IPv4. */
export class NetworkSet {
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  constructor(networks: readonly Network[]) {
    for (const { family, address, prefixLength } of networks) {
      this.#lists[family].addSubnet(address, prefixLength, family);
    }
  }

  /** False for what is no IP address. */
  contains(addressText: string): boolean {
    // A zone (fe80::1%eth0) names an interface, not another address.
    const address = parseAddress(addressText.split('%', 1)[0] ?? '');
    return address !== undefined && this.#lists[address.family].check(address.text, address.family);
  }
}

/** The one way in which this address is written; undefined for what is none, or has a zone. */
export function toAddress(text: string): string | undefined {
  // A zone names an interface, which no host elsewhere can know.
  return text.includes('%') ? undefined : parseAddress(text)?.text;
}

/** IPv4-mapped IPv6 comes out as IPv4. */
function parseAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return { family: 'ipv4', text };
  const shortest = new SocketAddress({ address: text, family: 'ipv6' }).address;
  const inner = mappedAddress.exec(shortest)?.[1];
  return inner === undefined ? { family: 'ipv6', text: shortest } : { family: 'ipv4', text: inner };
}
