// Owns version 2 of the header: 16 octets, addresses, then facts as type, length and value (s.2.2).
import type { Endpoint } from '../base/endpoint.ts';
import { formatAddress, toIpv6, toShortest } from './address-octets.ts';
import { invalidHeader, type ProxyHeader } from './header.ts';
import { readFacts } from './type-length-value.ts';

export const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
export const prefixOctets = 16;

/**
 * Longest header accepted. The protocol allows 64 KiB, but facts about TLS and clouds take some
 * hundred octets, and s.2 has the sender keep it within one segment.
 */
export const version2MaxOctets = 2048;

const versionBits = 0x20;
const commands = { local: 0x0, proxy: 0x1 } as const;
/** Address family in the upper four bits, transport in the lower four. */
const protocols = { unspecified: 0x00, tcp4: 0x11, tcp6: 0x21, unixStream: 0x31 } as const;
const datagrams: readonly number[] = [0x12, 0x22, 0x32];
const unixOctets = 216;

/** How long the header is altogether, from its first 16 octets. Throws PROXY_HEADER_INVALID. */
export function version2Length(prefix: Buffer): number {
  const command = prefix.readUInt8(12);
  if ((command & 0xf0) !== versionBits) throw invalidHeader('not version 2');
  const isKnown = command === (versionBits | commands.local) || isProxyCommand(prefix);
  if (!isKnown) throw invalidHeader('unknown command');
  const length = prefixOctets + prefix.readUInt16BE(14);
  if (length > version2MaxOctets) throw invalidHeader('too long');
  return length;
}

function isProxyCommand(header: Buffer): boolean {
  return header.readUInt8(12) === (versionBits | commands.proxy);
}

/** `header` is whole and nothing else. Throws PROXY_HEADER_INVALID. */
export function parseVersion2(header: Buffer): ProxyHeader {
  // s.2.2: of a LOCAL connection the rest is skipped, the family included.
  if (!isProxyCommand(header)) return { kind: 'local', version: 2 };
  const protocol = header.readUInt8(13);
  const body = header.subarray(prefixOctets);
  switch (protocol) {
    case protocols.tcp4:
      return relayed(header, 4);
    case protocols.tcp6:
      return relayed(header, 16);
    case protocols.unspecified:
      return { kind: 'unknown', version: 2 };
    case protocols.unixStream:
      if (body.length < unixOctets) throw invalidHeader('addresses cut short');
      return { kind: 'unknown', version: 2 };
    default:
      throw invalidHeader(datagrams.includes(protocol) ? 'not a stream' : 'unknown family');
  }
}

function relayed(header: Buffer, octets: 4 | 16): ProxyHeader {
  const addresses = header.subarray(prefixOctets, prefixOctets + 2 * octets + 4);
  if (addresses.length < 2 * octets + 4) throw invalidHeader('addresses cut short');
  const endpoint = (side: 0 | 1): Endpoint => ({
    address: formatAddress(toShortest(addresses.subarray(side * octets, (side + 1) * octets))),
    port: addresses.readUInt16BE(2 * octets + 2 * side),
  });
  return {
    kind: 'relayed',
    version: 2,
    source: endpoint(0),
    destination: endpoint(1),
    ...readFacts(header, prefixOctets + addresses.length),
  };
}

export const unknownVersion2 = version2(commands.proxy, protocols.unspecified, Buffer.alloc(0));
export const localVersion2 = version2(commands.local, protocols.unspecified, Buffer.alloc(0));

/** Both addresses have 4 octets, or one of them 16. */
export function formatVersion2(
  addresses: readonly [Buffer, Buffer],
  ports: readonly [number, number],
): Buffer {
  const isIpv4 = addresses.every((address) => address.length === 4);
  const portOctets = Buffer.alloc(4);
  portOctets.writeUInt16BE(ports[0], 0);
  portOctets.writeUInt16BE(ports[1], 2);
  const written = isIpv4 ? addresses : addresses.map(toIpv6);
  const protocol = isIpv4 ? protocols.tcp4 : protocols.tcp6;
  return version2(commands.proxy, protocol, Buffer.concat([...written, portOctets]));
}

function version2(command: number, protocol: number, body: Buffer): Buffer {
  const header = Buffer.concat([signature, Buffer.alloc(4), body]);
  header.writeUInt8(versionBits | command, 12);
  header.writeUInt8(protocol, 13);
  header.writeUInt16BE(body.length, 14);
  return header;
}
