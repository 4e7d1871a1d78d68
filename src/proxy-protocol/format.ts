// Owns headers as Postern sends them to an upstream.
import type { Endpoint } from '../base/endpoint.ts';
import { parseIpv4, parseIpv6, toShortest } from './address-octets.ts';
import { formatVersion1, unknownVersion1 } from './version-1.ts';
import { formatVersion2, localVersion2, unknownVersion2 } from './version-2.ts';

export type ProxyVersion = 1 | 2;

/** The two ends of the connection that is relayed, as the client sees them. */
export interface RelayedEnds {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/**
 * IPv4 beside IPv6 is written as IPv4-mapped IPv6, a zone (`%eth0`) is left out. An end that is no IP
 * address makes the header say that the client is unknown.
 */
export function formatHeader(version: ProxyVersion, { source, destination }: RelayedEnds): Buffer {
  const addresses = [octetsOf(source), octetsOf(destination)] as const;
  const [from, to] = addresses;
  if (from === undefined || to === undefined) {
    return version === 1 ? unknownVersion1 : unknownVersion2;
  }
  const format = version === 1 ? formatVersion1 : formatVersion2;
  return format([from, to], [source.port, destination.port]);
}

/**
 * For connections of Postern's own, such as a look at the health of a host. Version 1 knows no such
 * header; s.2.1 has the ends of that connection sent.
 */
export function formatLocalHeader(version: ProxyVersion, ownEnds: RelayedEnds): Buffer {
  return version === 1 ? formatHeader(1, ownEnds) : localVersion2;
}

function octetsOf({ address }: Endpoint): Buffer | undefined {
  const [withoutZone = ''] = address.split('%', 1);
  const octets = parseIpv4(withoutZone) ?? parseIpv6(withoutZone);
  return octets && toShortest(octets);
}
