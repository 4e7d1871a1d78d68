// Owns the decompression of the formatted text in winmail.dat ([MS-OXRTFCP]): LZ77 with a dictionary
// that is filled before it begins.
import type { TransferDecoder } from '../transfer-decoding.ts';

const nothing: Buffer = Buffer.alloc(0);
const headerLength = 16;
const windowLength = 4096;
const compressed = 0x75465a4c;
const initial = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript ' +
    '\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
    '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);

/** Octet by octet: what is damaged or cut gives what came before. */
export class CompressedRtf implements TransferDecoder {
  #header: number[] = [];
  #mode: 'header' | 'compressed' | 'plain' | 'over' = 'header';
  readonly #window = Buffer.alloc(windowLength, 0x20);
  #at = initial.length;
  #control = 0;
  #controlBits = 0;
  #reference: number | undefined;

  constructor() {
    initial.copy(this.#window);
  }

  push(chunk: Buffer): Buffer {
    const output: number[] = [];
    for (const octet of chunk) {
      if (this.#mode === 'over') break;
      if (this.#mode === 'header') this.#takeHeader(octet);
      else if (this.#mode === 'plain') output.push(octet);
      else this.#take(octet, output);
    }
    return Buffer.from(output);
  }

  end(): Buffer {
    return nothing;
  }

  #takeHeader(octet: number): void {
    this.#header.push(octet);
    if (this.#header.length < headerLength) return;
    const type = Buffer.from(this.#header).readUInt32LE(8);
    this.#mode = type === compressed ? 'compressed' : 'plain';
  }

  #take(octet: number, output: number[]): void {
    if (this.#controlBits === 0) {
      this.#control = octet;
      this.#controlBits = 8;
      return;
    }
    if ((this.#control & 1) === 0) {
      this.#emit(octet, output);
    } else if (this.#reference === undefined) {
      this.#reference = octet;
      return;
    } else {
      this.#copy((this.#reference << 8) | octet, output);
      this.#reference = undefined;
    }
    this.#control >>= 1;
    this.#controlBits -= 1;
  }

  #copy(reference: number, output: number[]): void {
    const offset = reference >> 4;
    // A reference to the place of writing is the end.
    if (offset === this.#at % windowLength) {
      this.#mode = 'over';
      return;
    }
    const length = (reference & 0x0f) + 2;
    for (let index = 0; index < length; index += 1) {
      this.#emit(this.#window[(offset + index) % windowLength] ?? 0, output);
    }
  }

  #emit(octet: number, output: number[]): void {
    output.push(octet);
    this.#window[this.#at % windowLength] = octet;
    this.#at += 1;
  }
}
