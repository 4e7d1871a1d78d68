// Owns to which user a connection's end on this machine belongs, by the tables of the kernel (proc(5)).
import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';
import type { Endpoint } from '../base/endpoint.ts';

/** Below /proc/self, which is there as well where the rest is hidden (ProcSubset=pid of a systemd unit). */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];

/** Only connections of programs on this machine are looked up, so the size of the tables does not matter. */
export function isOurs(end: Endpoint): boolean {
  const uid = process.getuid?.();
  return uid !== undefined && tables.some((path) => ownersIn(readTable(path), end).includes(uid));
}

/** Users with a socket whose local end is this one; there may be several, with different other ends. */
export function ownersIn(table: string, end: Endpoint): number[] {
  const local = endsInTable(end);
  return table.split('\n').flatMap((line) => {
    const [, found = '', , , , , , uid] = line.trim().split(/\s+/);
    return local.includes(found) ? [Number(uid)] : [];
  });
}

/** As the tables write it: in words of the machine's own order. */
function endsInTable({ address, port }: Endpoint): string[] {
  const portText = hex(port);
  if (isIPv4(address)) {
    const word = words(Buffer.from(address.split('.').map(Number)));
    // A dual-stack socket stands in the table of IPv6.
    return [`${word}:${portText}`, `${mappedWords}${word}:${portText}`];
  }
  const groups = groupsOf(address);
  const octets = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) octets.writeUInt16BE(group, 2 * index);
  return [`${words(octets)}:${portText}`];
}

const mappedWords = words(Buffer.from('00000000000000000000ffff', 'hex'));

function words(octets: Buffer): string {
  const copy = Buffer.from(octets);
  if (endianness() === 'LE') copy.swap32();
  return copy.toString('hex').toUpperCase();
}

/** RFC 4291 s.2.2: `::` stands for as many zeros as are missing. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const first = numbers(head);
  if (tail === undefined) return first;
  const last = numbers(tail);
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** Without such a table, as on other systems, nobody is known. */
function readTable(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
