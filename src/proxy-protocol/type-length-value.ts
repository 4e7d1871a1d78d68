// Owns the facts behind the addresses of version 2 (s.2.2, "TLV vectors"): the few that are of use are
// read, the checksum is verified, all others are skipped.
import { crc32c } from './crc32c.ts';
import { invalidHeader, type ProxiedTls, type RelayedConnection } from './header.ts';

const types = { authority: 0x02, checksum: 0x03, tls: 0x20 } as const;
const tlsTypes = { protocol: 0x21, cipher: 0x23 } as const;
const checksumOctets = 4;
/** s.2.2.6: flags of the client and a word that says whether its certificate was verified. */
const tlsPrefixOctets = 5;
/** Its client spoke TLS with the sender. */
const clientTlsFlag = 0x01;

interface Fact {
  readonly type: number;
  readonly value: Buffer;
  /** Where the value begins in what was read. */
  readonly offset: number;
}

/** `start` is where the addresses end. Throws PROXY_HEADER_INVALID. */
export function readFacts(
  header: Buffer,
  start: number,
): Pick<RelayedConnection, 'authority' | 'tls'> {
  const facts = cut(header, start);
  const [checksum, ...others] = facts.filter(({ type }) => type === types.checksum);
  if (others.length > 0) throw invalidHeader('more than one checksum');
  if (checksum !== undefined) verify(header, checksum);
  const authority = facts.find(({ type }) => type === types.authority);
  const tls = facts.find(({ type }) => type === types.tls);
  return {
    authority: authority && hostName(authority.value),
    tls: tls && proxiedTls(tls.value),
  };
}

function cut(octets: Buffer, start: number): readonly Fact[] {
  const facts: Fact[] = [];
  for (let at = start; at < octets.length; ) {
    if (at + 3 > octets.length) throw invalidHeader('facts cut short');
    const offset = at + 3;
    const end = offset + octets.readUInt16BE(at + 1);
    if (end > octets.length) throw invalidHeader('facts cut short');
    facts.push({ type: octets.readUInt8(at), value: octets.subarray(offset, end), offset });
    at = end;
  }
  return facts;
}

/** s.2.2.3: computed with zeros in its own place. */
function verify(header: Buffer, { value, offset }: Fact): void {
  if (value.length !== checksumOctets) throw invalidHeader('checksum of a wrong length');
  const zeroed = Buffer.from(header);
  zeroed.fill(0, offset, offset + checksumOctets);
  if (crc32c(zeroed) !== value.readUInt32BE(0)) throw invalidHeader('wrong checksum');
}

function proxiedTls(value: Buffer): ProxiedTls | undefined {
  if (value.length < tlsPrefixOctets) throw invalidHeader('facts cut short');
  const inner = cut(value, tlsPrefixOctets);
  if ((value.readUInt8(0) & clientTlsFlag) === 0) return undefined;
  const word = (wanted: number): string | undefined => {
    const text = inner.find(({ type }) => type === wanted)?.value.toString('latin1');
    return text !== undefined && /^[\w.+-]{1,64}$/.test(text) ? text : undefined;
  };
  return { protocol: word(tlsTypes.protocol), cipher: word(tlsTypes.cipher) };
}

/** The client chose it: what is no host name is worth no refusal, only no attention. */
function hostName(value: Buffer): string | undefined {
  const text = value.toString('latin1').toLowerCase();
  return /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(text) ? text : undefined;
}
