// Owns the extension that binds an authority to some names (RFC 5280 s.4.2.1.10): below these domains and
// nowhere else, and for no IP address at all. Pure; written and read here, for lack of it in the library.

export const nameConstraintsId = '2.5.29.30';

const sequence = 0x30;
const permittedSubtrees = 0xa0;
const excludedSubtrees = 0xa1;
/** GeneralName: dNSName and iPAddress. */
const dnsName = 0x82;
const ipAddress = 0x87;

/** Address and mask of all zeros: every address of IPv4, and every one of IPv6. */
const allAddresses = [Buffer.alloc(8), Buffer.alloc(32)];

/** Content of the extension; each domain stands for itself and all names below it. */
export function encodeConstraints(domains: readonly string[]): Buffer {
  const permitted = domains.map((domain) => subtree(dnsName, Buffer.from(domain, 'latin1')));
  const excluded = allAddresses.map((address) => subtree(ipAddress, address));
  return der(sequence, der(permittedSubtrees, ...permitted), der(excludedSubtrees, ...excluded));
}

/** The domains that are permitted; undefined for content that is not as it is written above. */
export function decodeConstraints(content: Buffer): readonly string[] | undefined {
  const whole = readDer(content);
  const permitted = whole?.tag === sequence ? readDer(whole.value) : undefined;
  if (permitted?.tag !== permittedSubtrees) return undefined;
  const domains: string[] = [];
  for (let left = permitted.value; left.length > 0; ) {
    const item = readDer(left);
    const name = item?.tag === sequence ? readDer(item.value) : undefined;
    if (item === undefined || name?.tag !== dnsName) return undefined;
    domains.push(name.value.toString('latin1'));
    left = item.rest;
  }
  return domains;
}

/** Whether a domain of the constraints covers a name, or a pattern with all of its names. */
export function isWithin(name: string, domains: readonly string[]): boolean {
  const plain = name.startsWith('*.') ? name.slice(2) : name;
  return domains.some((domain) => plain === domain || plain.endsWith(`.${domain}`));
}

function subtree(tag: number, value: Buffer): Buffer {
  return der(sequence, der(tag, value));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >>> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

interface Element {
  readonly tag: number;
  readonly value: Buffer;
  readonly rest: Buffer;
}

function readDer(octets: Buffer): Element | undefined {
  const [tag, first] = octets;
  if (tag === undefined || first === undefined) return undefined;
  const lengthOctets = first < 0x80 ? 0 : first - 0x80;
  if (lengthOctets > 2 || octets.length < 2 + lengthOctets) return undefined;
  const size = lengthOctets === 0 ? first : octets.readUIntBE(2, lengthOctets);
  const start = 2 + lengthOctets;
  if (octets.length < start + size) return undefined;
  return { tag, value: octets.subarray(start, start + size), rest: octets.subarray(start + size) };
}
