// Owns the cut between a header and what follows it, however the octets come. Which of the two versions
// it is, the header says; whether there has to be one is not decided here.
import { invalidHeader, type ProxyHeader } from './header.ts';
import { parseVersion1, version1MaxOctets } from './version-1.ts';
import { parseVersion2, prefixOctets, signature, version2Length } from './version-2.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const version1Start = Buffer.from('PROXY ', 'latin1');

interface Found {
  readonly header: ProxyHeader;
  readonly octets: number;
}

export class ProxyHeaderReader {
  #received: Buffer = Buffer.alloc(0);

  /** Octets that came so far, or those behind the header once it was read. */
  get pending(): Buffer {
    return this.#received;
  }

  /**
   * The header once it is whole; there must be no further push then. Throws PROXY_HEADER_INVALID as
   * soon as the octets cannot become one.
   */
  push(chunk: Buffer): ProxyHeader | undefined {
    // Bounded: of what is not a header yet, no more than the longest header is kept.
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const found = maybeFind(this.#received);
    if (found === undefined) return undefined;
    this.#received = this.#received.subarray(found.octets);
    return found.header;
  }
}

/** What it says of some octets it says of them with any others behind. */
function maybeFind(octets: Buffer): Found | undefined {
  if (startsAlike(octets, version1Start)) return maybeFindVersion1(octets);
  if (startsAlike(octets, signature)) return maybeFindVersion2(octets);
  throw invalidHeader('does not begin as one');
}

function startsAlike(octets: Buffer, start: Buffer): boolean {
  const shared = Math.min(octets.length, start.length);
  return octets.subarray(0, shared).equals(start.subarray(0, shared));
}

function maybeFindVersion1(octets: Buffer): Found | undefined {
  const feed = octets.subarray(0, version1MaxOctets).indexOf(lineFeed);
  if (feed === -1) {
    if (octets.length >= version1MaxOctets) throw invalidHeader('line too long');
    return undefined;
  }
  // s.2.1: "must not tolerate a single CR or LF character to end the line".
  if (octets[feed - 1] !== carriageReturn) throw invalidHeader('line without CRLF');
  return { header: parseVersion1(octets.subarray(0, feed - 1)), octets: feed + 1 };
}

function maybeFindVersion2(octets: Buffer): Found | undefined {
  if (octets.length < prefixOctets) return undefined;
  const length = version2Length(octets);
  // s.2.2: no address is looked at before the whole block is there.
  if (octets.length < length) return undefined;
  return { header: parseVersion2(octets.subarray(0, length)), octets: length };
}
