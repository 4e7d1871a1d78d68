// Owns which addresses are not those of a host on the public Internet, and which addresses are hidden in
// others. After the IANA registries of special-purpose addresses (RFC 6890). Pure.
import { isIPv6 } from 'node:net';
import { isWithin, type Network, NetworkSet, parseNetwork } from './network.ts';

/** What a special network is for; a word for logs. */
export type Purpose =
  | 'this network'
  | 'private'
  | 'shared'
  | 'loopback'
  | 'link-local'
  | 'protocol assignments'
  | 'documentation'
  | 'relay'
  | 'benchmarking'
  | 'multicast'
  | 'reserved'
  | 'embedded IPv4';

interface SpecialNetwork {
  readonly purpose: Purpose;
  readonly network: Network;
  readonly set: NetworkSet;
}

/** The narrower ones first: the first that fits names the purpose. */
const specialNetworks: readonly SpecialNetwork[] = [
  special('this network', '0.0.0.0/8'),
  special('private', '10.0.0.0/8'),
  special('shared', '100.64.0.0/10'), // RFC 6598, carrier-grade NAT
  special('loopback', '127.0.0.0/8'),
  special('link-local', '169.254.0.0/16'),
  special('private', '172.16.0.0/12'),
  special('protocol assignments', '192.0.0.0/24'),
  special('documentation', '192.0.2.0/24'),
  special('relay', '192.31.196.0/24'), // RFC 7535, AS112
  special('relay', '192.52.193.0/24'), // RFC 7450, AMT
  special('relay', '192.88.99.0/24'), // RFC 7526, once 6to4
  special('private', '192.168.0.0/16'),
  special('relay', '192.175.48.0/24'), // RFC 7534, AS112
  special('benchmarking', '198.18.0.0/15'),
  special('documentation', '198.51.100.0/24'),
  special('documentation', '203.0.113.0/24'),
  special('multicast', '224.0.0.0/4'),
  special('reserved', '240.0.0.0/4'),
  special('loopback', '::1/128'),
  special('this network', '::/128'),
  special('embedded IPv4', '::/96'), // RFC 4291 s.2.5.5.1, IPv4-compatible
  special('embedded IPv4', '::ffff:0:0:0/96'), // RFC 2765 s.2.1, IPv4-translated
  special('embedded IPv4', '64:ff9b::/96'), // RFC 6052, NAT64
  special('embedded IPv4', '64:ff9b:1::/48'), // RFC 8215, NAT64 of a site
  special('embedded IPv4', '2001::/32'), // RFC 4380, Teredo
  special('benchmarking', '2001:2::/48'),
  special('protocol assignments', '2001::/23'), // ORCHID and others
  special('documentation', '2001:db8::/32'),
  special('embedded IPv4', '2002::/16'), // RFC 3056, 6to4
  special('relay', '2620:4f:8000::/48'), // RFC 7534, AS112
  special('documentation', '3fff::/20'), // RFC 9637
  special('private', 'fc00::/7'), // RFC 4193, unique local
  special('link-local', 'fe80::/10'),
  special('private', 'fec0::/10'), // RFC 3879, once site-local
  special('multicast', 'ff00::/8'),
  // RFC 4291 s.2.4 and IANA: only 2000::/3 has been given out.
  special('reserved', '::/3'),
  special('reserved', '4000::/2'),
  special('reserved', '8000::/1'),
];

/** Undefined for an address of the public Internet, and for what is no address. */
export function purposeOf(address: string): Purpose | undefined {
  return specialNetworks.find(({ set }) => set.contains(address))?.purpose;
}

/** Whoever lists such a network means what is special about it; 0.0.0.0/0 does not. */
export function isSpecial(network: Network): boolean {
  return specialNetworks.some((each) => isWithin(network, each.network));
}

/** The IPv4 addresses that a connection to this IPv6 address could end at. */
export function embeddedAddresses(address: string): readonly string[] {
  if (!isIPv6(address)) return [];
  const groups = groupsOf(address);
  const at = (index: number, mask = 0): string =>
    [groups[index] ?? 0, groups[index + 1] ?? 0]
      .map((group) => group ^ mask)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.');
  const [first, second] = groups;
  if (first === 0x64 && second === 0xff9b) return [at(6)];
  if (first === 0x2002) return [at(1)];
  // RFC 4380 s.4: the server, and the client with all its bits inverted.
  if (first === 0x2001 && second === 0) return [at(2), at(6, 0xffff)];
  return [];
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [text = ''] = address.split('%', 1);
  const [head = [], tail = []] = text.split('::').map((side) => side.split(':').flatMap(toGroups));
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function toGroups(part: string): number[] {
  if (part === '') return [];
  if (!part.includes('.')) return [Number.parseInt(part, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function special(purpose: Purpose, text: string): SpecialNetwork {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`${text} is no network`);
  return { purpose, network, set: new NetworkSet([network]) };
}
