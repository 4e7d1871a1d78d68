// Owns IP addresses as octets: read from text without any leniency, and written as RFC 5952 has it.

const ipv4Octets = 4;
const ipv6Octets = 16;
const groupsOfIpv6 = 8;
/** RFC 4291 s.2.5.5.2: an IPv4 address within IPv6. */
const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

/** Four decimal numbers. A leading zero is refused: it could be meant as octal. */
export function parseIpv4(text: string): Buffer | undefined {
  const parts = text.split('.');
  if (parts.length !== ipv4Octets) return undefined;
  if (!parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return Buffer.from(parts.map(Number));
}

/** At most one `::`; dotted numbers only behind `::ffff:`, where `inet_ntop` writes them; no zone. */
export function parseIpv6(text: string): Buffer | undefined {
  const mapped = /^::ffff:([\d.]+)$/i.exec(text)?.[1];
  if (mapped?.includes('.') === true) {
    const inner = parseIpv4(mapped);
    return inner && Buffer.concat([mappedPrefix, inner]);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(head ?? []), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = groupsOfIpv6 - groups.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const octets = Buffer.alloc(ipv6Octets);
  for (const [index, group] of groups.entries()) {
    const place = index < (head?.length ?? 0) ? index : index + missing;
    octets.writeUInt16BE(Number.parseInt(group, 16), 2 * place);
  }
  return octets;
}

/** IPv4-mapped IPv6 becomes the IPv4 address that it is. */
export function toShortest(octets: Buffer): Buffer {
  const isMapped = octets.subarray(0, mappedPrefix.length).equals(mappedPrefix);
  return isMapped ? octets.subarray(mappedPrefix.length) : octets;
}

/** Always IPv6, for an address that stands beside one. */
export function toIpv6(octets: Buffer): Buffer {
  return octets.length === ipv6Octets ? octets : Buffer.concat([mappedPrefix, octets]);
}

/** Of 4 or 16 octets, as `inet_ntop` writes it: mapped addresses end in dotted numbers. */
export function formatAddress(octets: Buffer): string {
  const shortest = toShortest(octets);
  if (octets.length === ipv4Octets) return octets.join('.');
  if (shortest.length === ipv4Octets) return `::ffff:${shortest.join('.')}`;
  const groups = Array.from({ length: groupsOfIpv6 }, (_, index) =>
    octets.readUInt16BE(2 * index).toString(16),
  );
  const { start, length } = longestRunOfZeros(groups);
  // RFC 5952 s.4.2.2: a single group of zero is not shortened.
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** RFC 5952 s.4.2.3: the first of the longest. */
function longestRunOfZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}
