// Owns the first message of a TLS client (RFC 8446 s.4.1.2), as far as it says which name the client asks
// for. It is read before OpenSSL sees it, and judged by OpenSSL alone. Pure.
import { toServerName } from '../base/dns-name.ts';

export type HelloReading =
  | { readonly kind: 'incomplete' }
  /** No hello that is understood here: whatever it is, OpenSSL says so. */
  | { readonly kind: 'other' }
  /** `serverName` as in toServerName; undefined without a name or with one that is none. */
  | { readonly kind: 'hello'; readonly serverName: string | undefined };

/** A hello with a post-quantum key and a ticket has some 2000 octets. */
const maxOctets = 16_384;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostName = 0;
const recordHeaderOctets = 5;
const messageHeaderOctets = 4;

const incomplete: HelloReading = { kind: 'incomplete' };
const other: HelloReading = { kind: 'other' };

/** Takes octets as they come; each is looked at once. */
export class HelloReader {
  #octets = Buffer.alloc(0);
  #filled = 0;
  /** Where the next record begins. */
  #record = 0;
  readonly #fragments: Buffer[] = [];
  #fragmentOctets = 0;

  push(chunk: Buffer): HelloReading {
    if (this.#filled + chunk.length > maxOctets) return this.#pushLast(chunk);
    this.#append(chunk);
    return this.#read();
  }

  /** What does not fit is not waited for: what is there must do. */
  #pushLast(chunk: Buffer): HelloReading {
    this.#append(chunk.subarray(0, maxOctets - this.#filled));
    const reading = this.#read();
    return reading.kind === 'incomplete' ? other : reading;
  }

  #append(chunk: Buffer): void {
    const needed = this.#filled + chunk.length;
    if (needed > this.#octets.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#octets.length));
      this.#octets.copy(larger, 0, 0, this.#filled);
      // Fragments that were noted before stay in the smaller buffer, which is not written to any more.
      this.#octets = larger;
    }
    chunk.copy(this.#octets, this.#filled);
    this.#filled = needed;
  }

  #read(): HelloReading {
    // RFC 8446 s.5.1: a message may lie in several records, none of them empty.
    while (this.#filled - this.#record >= recordHeaderOctets) {
      const octets = this.#octets.subarray(this.#record, this.#filled);
      const length = octets.readUInt16BE(3);
      if (octets[0] !== handshakeRecord || octets[1] !== 3 || length === 0) return other;
      if (octets.length < recordHeaderOctets + length) break;
      this.#fragments.push(octets.subarray(recordHeaderOctets, recordHeaderOctets + length));
      this.#fragmentOctets += length;
      this.#record += recordHeaderOctets + length;
      const reading = this.#message();
      if (reading !== undefined) return reading;
    }
    const isBegun = this.#filled > this.#record;
    return isBegun && this.#octets[this.#record] !== handshakeRecord ? other : incomplete;
  }

  #message(): HelloReading | undefined {
    if (this.#fragmentOctets < messageHeaderOctets) return undefined;
    const start = Buffer.concat(this.#fragments.slice(0, messageHeaderOctets));
    if (start[0] !== clientHello) return other;
    const length = start.readUIntBE(1, 3);
    if (length > maxOctets) return other;
    if (this.#fragmentOctets < messageHeaderOctets + length) return undefined;
    const message = Buffer.concat(this.#fragments);
    return readBody(message.subarray(messageHeaderOctets, messageHeaderOctets + length));
  }
}

function readBody(body: Buffer): HelloReading {
  const fields = new Fields(body);
  // Version, random; session id, ciphers, compressions.
  fields.skip(2 + 32);
  fields.vector(1);
  fields.vector(2);
  fields.vector(1);
  // RFC 5246 s.7.4.1.2: extensions may be missing altogether.
  const extensions = fields.isAtEnd ? undefined : new Fields(fields.vector(2));
  if (fields.isBroken) return other;
  let serverName: string | undefined;
  while (extensions !== undefined && !extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (extensions.isBroken) return other;
    if (type === serverNameExtension) serverName = readServerName(content);
  }
  return { kind: 'hello', serverName };
}

/** RFC 6066 s.3. */
function readServerName(content: Buffer): string | undefined {
  const list = new Fields(new Fields(content).vector(2));
  const type = list.number(1);
  const name = list.vector(2);
  if (list.isBroken || type !== hostName) return undefined;
  return toServerName(name.toString('latin1'));
}

/** Numbers and vectors one after another; what goes beyond the end is noted once for all. */
class Fields {
  readonly #octets: Buffer;
  #at = 0;
  isBroken = false;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.isBroken || this.#at === this.#octets.length;
  }

  number(size: 1 | 2): number {
    const at = this.skip(size);
    return this.isBroken ? 0 : this.#octets.readUIntBE(at, size);
  }

  /** Its length comes first, in `lengthSize` octets. */
  vector(lengthSize: 1 | 2): Buffer {
    const length = this.number(lengthSize);
    const at = this.skip(length);
    return this.isBroken ? Buffer.alloc(0) : this.#octets.subarray(at, at + length);
  }

  /** Where it began. */
  skip(octets: number): number {
    const at = this.#at;
    if (at + octets > this.#octets.length) this.isBroken = true;
    else this.#at += octets;
    return at;
  }
}
