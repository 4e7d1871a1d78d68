// Owns the undoing of Content-Transfer-Encoding, as lax as the laxest client. It never judges what it decodes.

/** Incremental: the octets pushed give the same result in whatever chunks they come. */
export interface TransferDecoder {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

/** Unknown encodings (RFC 2045 s.6.4) leave the content as it is. */
export function createTransferDecoder(encoding: string | undefined): TransferDecoder {
  switch (transferEncodingToken(encoding)) {
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    default:
      return identity;
  }
}

/** The name in lower case, found also in `"BASE64"`, `base64;` and `base64 (comment)`. */
export function transferEncodingToken(encoding: string | undefined): string | undefined {
  if (encoding === undefined) return undefined;
  return /[a-z0-9-]+/.exec(withoutComments(encoding.toLowerCase()))?.[0];
}

/** RFC 5322 s.3.2.2: comments nest. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  const rest = text.replaceAll(/\([^()]*\)/g, ' ');
  return rest === text || rest.length > maxFieldLength ? rest : withoutComments(rest);
}

/** A longer value is not worth the passes over it. */
const maxFieldLength = 200;

const nothing: Buffer = Buffer.alloc(0);

const identity: TransferDecoder = {
  push: (chunk) => chunk,
  end: () => nothing,
};

const equals = 0x3d;
const lf = 0x0a;
const cr = 0x0d;
const skipped = 64;
const padding = 65;
const base64Values = makeBase64Values();

/**
 * RFC 2045 s.6.8: octets outside the alphabet are skipped. Padding ends a group wherever it stands
 * and decoding goes on behind it, because some clients do; missing padding is no loss.
 */
class Base64Decoder implements TransferDecoder {
  #bits = 0;
  #count = 0;

  push(chunk: Buffer): Buffer {
    const output = Buffer.allocUnsafe(Math.ceil((chunk.length + 3) / 4) * 3);
    let bits = this.#bits;
    let count = this.#count;
    let length = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      // Whole groups within a line need no look at each digit.
      while (count === 0 && at + 3 < chunk.length) {
        const first = base64Values[chunk[at] ?? 0] ?? skipped;
        const second = base64Values[chunk[at + 1] ?? 0] ?? skipped;
        const third = base64Values[chunk[at + 2] ?? 0] ?? skipped;
        const fourth = base64Values[chunk[at + 3] ?? 0] ?? skipped;
        if ((first | second | third | fourth) >= skipped) break;
        output[length] = (first << 2) | (second >> 4);
        output[length + 1] = (second << 4) | (third >> 2);
        output[length + 2] = (third << 6) | fourth;
        length += 3;
        at += 4;
      }
      if (at >= chunk.length) break;
      const value = base64Values[chunk[at] ?? 0] ?? skipped;
      if (value < skipped) {
        bits = (bits << 6) | value;
        count += 1;
        if (count === 4) {
          output[length] = bits >> 16;
          output[length + 1] = bits >> 8;
          output[length + 2] = bits;
          length += 3;
          bits = 0;
          count = 0;
        }
      } else if (value === padding) {
        length = writePartialGroup(output, length, bits, count);
        bits = 0;
        count = 0;
      }
    }
    this.#bits = bits;
    this.#count = count;
    return output.subarray(0, length);
  }

  end(): Buffer {
    const output = Buffer.alloc(2);
    const length = writePartialGroup(output, 0, this.#bits, this.#count);
    this.#bits = 0;
    this.#count = 0;
    return output.subarray(0, length);
  }
}

/** Two digits carry one octet, three carry two; a single digit carries none. */
function writePartialGroup(output: Buffer, at: number, bits: number, count: number): number {
  if (count === 2) {
    output[at] = bits >> 4;
    return at + 1;
  }
  if (count === 3) {
    output[at] = bits >> 10;
    output[at + 1] = bits >> 2;
    return at + 2;
  }
  return at;
}

function makeBase64Values(): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(256).fill(skipped);
  for (let value = 0; value < alphabet.length; value += 1) {
    values[alphabet.charCodeAt(value)] = value;
  }
  values[equals] = padding;
  return values;
}

// RFC 2045 s.6.7 (3): blanks may follow the `=` of a soft break; more than a line can hold is no soft break.
const maxHeldLength = 1000;

/** RFC 2045 s.6.7: an `=` that starts neither an octet nor a soft line break stays as it is. */
class QuotedPrintableDecoder implements TransferDecoder {
  /** Octets from an `=` on whose meaning is not known yet. */
  #held: number[] = [];

  push(chunk: Buffer): Buffer {
    if (this.#held.length === 0 && !chunk.includes(equals)) return chunk;
    const output = Buffer.allocUnsafe(this.#held.length + chunk.length);
    let length = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#held.length === 0) {
        while (at < chunk.length && chunk[at] !== equals) {
          output[length] = chunk[at] ?? 0;
          length += 1;
          at += 1;
        }
        if (at === chunk.length) break;
        const decoded = (hexValue(chunk[at + 1]) << 4) | hexValue(chunk[at + 2]);
        if (decoded >= 0) {
          output[length] = decoded;
          length += 1;
          at += 3;
        } else if (chunk[at + 1] === cr && chunk[at + 2] === lf) {
          at += 3;
        } else {
          this.#held.push(equals);
          at += 1;
        }
        continue;
      }
      const octet = chunk[at] ?? 0;
      switch (this.#meaningWith(octet)) {
        case 'undecided':
          this.#held.push(octet);
          at += 1;
          break;
        case 'octet':
          output[length] = (hexValue(this.#held[1]) << 4) | hexValue(octet);
          length += 1;
          this.#held = [];
          at += 1;
          break;
        case 'softBreak':
          this.#held = [];
          at += 1;
          break;
        case 'literal':
          output.set(this.#held, length);
          length += this.#held.length;
          this.#held = [];
          break;
      }
    }
    return output.subarray(0, length);
  }

  /** An `=` at the very end is a soft break whose line end belongs to the boundary. */
  end(): Buffer {
    const held = this.#held;
    this.#held = [];
    return hexValue(held[1]) === -1 ? nothing : Buffer.from(held);
  }

  #meaningWith(octet: number): 'undecided' | 'octet' | 'softBreak' | 'literal' {
    const last = this.#held.at(-1);
    if (octet === lf && hexValue(this.#held[1]) === -1) return 'softBreak';
    if (this.#held.length === 1) {
      return isBlank(octet) || octet === cr || hexValue(octet) !== -1 ? 'undecided' : 'literal';
    }
    if (hexValue(last) !== -1) return hexValue(octet) === -1 ? 'literal' : 'octet';
    const canGoOn = isBlank(last) && (isBlank(octet) || octet === cr);
    return canGoOn && this.#held.length < maxHeldLength ? 'undecided' : 'literal';
  }
}

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}

/** -1 for octets that are no hexadecimal digit. */
function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
