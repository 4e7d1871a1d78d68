// Owns text in charsets that hide ASCII from whoever looks at octets: UTF-7 and UTF-16, turned into UTF-8.
import { TextDecoder } from 'node:util';
import type { TransferDecoder } from '../transfer-decoding.ts';

export type WideCharset = 'utf-7' | 'utf-16le' | 'utf-16be';

const plus = 0x2b;
const minus = 0x2d;
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digitValues = new Map([...digits].map((digit, value) => [digit.charCodeAt(0), value]));

/** The charset behind a label, if it is one of these. RFC 2781 s.4.3: UTF-16 without a mark is big-endian. */
export function wideCharsetOf(label: string): WideCharset | undefined {
  const name = label.trim().toLowerCase();
  if (/^(?:x-|unicode-1-1-|csunicode11)?utf-?7$/.test(name)) return 'utf-7';
  if (/^(?:utf-?16|utf-?16be|iso-10646-ucs-2|ucs-2|unicode|csunicode)$/.test(name))
    return 'utf-16be';
  return /^(?:utf-?16le|ucs-2le)$/.test(name) ? 'utf-16le' : undefined;
}

export function createWideText(charset: WideCharset): TransferDecoder {
  return charset === 'utf-7' ? new Utf7() : new Utf16(charset);
}

/** RFC 2152. Octets outside the alphabet of a shifted run end it. */
class Utf7 implements TransferDecoder {
  #isShifted = false;
  #isRunEmpty = true;
  #bits = 0;
  #count = 0;
  #text = '';

  push(chunk: Buffer): Buffer {
    for (const octet of chunk) this.#take(octet);
    // The last unit may be half of a character.
    const isHalf = /[\ud800-\udbff]$/.test(this.#text);
    const whole = isHalf ? this.#text.slice(0, -1) : this.#text;
    this.#text = isHalf ? this.#text.slice(-1) : '';
    return Buffer.from(whole, 'utf8');
  }

  end(): Buffer {
    return Buffer.from(this.#text, 'utf8');
  }

  #take(octet: number): void {
    if (!this.#isShifted) {
      if (octet !== plus) {
        this.#text += String.fromCharCode(octet);
        return;
      }
      this.#isShifted = true;
      this.#isRunEmpty = true;
      this.#bits = 0;
      this.#count = 0;
      return;
    }
    const value = digitValues.get(octet);
    if (value === undefined) {
      this.#isShifted = false;
      if (octet !== minus) this.#text += String.fromCharCode(octet);
      else if (this.#isRunEmpty) this.#text += '+';
      return;
    }
    this.#isRunEmpty = false;
    this.#bits = ((this.#bits << 6) | value) & 0x3fffff;
    this.#count += 6;
    if (this.#count >= 16) {
      this.#count -= 16;
      this.#text += String.fromCharCode((this.#bits >> this.#count) & 0xffff);
    }
  }
}

class Utf16 implements TransferDecoder {
  #decoder: TextDecoder | undefined;
  readonly #charset: 'utf-16le' | 'utf-16be';
  #held: Buffer = Buffer.alloc(0);

  constructor(charset: 'utf-16le' | 'utf-16be') {
    this.#charset = charset;
  }

  push(chunk: Buffer): Buffer {
    if (this.#decoder !== undefined) return this.#decode(this.#decoder, chunk);
    const head = Buffer.concat([this.#held, chunk]);
    this.#held = head;
    if (head.length < 2) return Buffer.alloc(0);
    // A mark outweighs the label.
    const mark = head.readUInt16BE(0);
    const charset = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : this.#charset;
    this.#decoder = new TextDecoder(charset);
    return this.#decode(this.#decoder, head);
  }

  end(): Buffer {
    return Buffer.from(this.#decoder?.decode() ?? '', 'utf8');
  }

  #decode(decoder: TextDecoder, chunk: Buffer): Buffer {
    return Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8');
  }
}
