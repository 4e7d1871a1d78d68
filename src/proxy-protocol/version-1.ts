// Owns version 1 of the header: one line of text (s.2.1).
import type { Endpoint } from '../base/endpoint.ts';
import { formatAddress, parseIpv4, parseIpv6, toIpv6, toShortest } from './address-octets.ts';
import { invalidHeader, type ProxyHeader } from './header.ts';

/** s.2.1: the longest line that a receiver has to support, CRLF included. */
export const version1MaxOctets = 107;

const families = { TCP4: parseIpv4, TCP6: parseIpv6 } as const;

/** The header that this line is, without its CRLF. Throws PROXY_HEADER_INVALID. */
export function parseVersion1(line: Buffer): ProxyHeader {
  const text = line.toString('latin1');
  // s.2.1: whatever follows UNKNOWN is ignored.
  if (text === 'PROXY UNKNOWN' || text.startsWith('PROXY UNKNOWN ')) {
    return { kind: 'unknown', version: 1 };
  }
  const [, family, ...fields] = text.split(' ');
  if (family !== 'TCP4' && family !== 'TCP6') throw invalidHeader('neither TCP4, TCP6 nor UNKNOWN');
  if (fields.length !== 4) throw invalidHeader('two addresses and two ports expected');
  const [source, destination, sourcePort, destinationPort] = fields;
  return {
    kind: 'relayed',
    version: 1,
    source: endpoint(families[family], source, sourcePort),
    destination: endpoint(families[family], destination, destinationPort),
    authority: undefined,
    tls: undefined,
  };
}

function endpoint(
  parse: (text: string) => Buffer | undefined,
  addressText = '',
  portText = '',
): Endpoint {
  const octets = parse(addressText);
  if (octets === undefined) throw invalidHeader('not an address of this family');
  const isPort = /^(?:0|[1-9]\d{0,4})$/.test(portText) && Number(portText) <= 65_535;
  if (!isPort) throw invalidHeader('not a port');
  return { address: formatAddress(toShortest(octets)), port: Number(portText) };
}

export const unknownVersion1 = Buffer.from('PROXY UNKNOWN\r\n', 'latin1');

/** Both addresses have 4 octets, or one of them 16. */
export function formatVersion1(
  [source, destination]: readonly [Buffer, Buffer],
  [sourcePort, destinationPort]: readonly [number, number],
): Buffer {
  const isIpv4 = source.length === 4 && destination.length === 4;
  const written = isIpv4 ? [source, destination] : [toIpv6(source), toIpv6(destination)];
  const [from, to] = written.map(formatAddress);
  const family = isIpv4 ? 'TCP4' : 'TCP6';
  const line = `PROXY ${family} ${from} ${to} ${sourcePort} ${destinationPort}\r\n`;
  return Buffer.from(line, 'latin1');
}
