// Owns files in uuencode: how a block of it begins, and its decoding. Lax: lines may have lost their
// blanks, and the end may be missing.
import type { TransferDecoder } from '../transfer-decoding.ts';

const nothing: Buffer = Buffer.alloc(0);
const lf = 0x0a;
const space = 0x20;
// A line holds at most 63 octets in 84 digits; some writers add a check character.
const maxLineLength = 100;

export interface UuBegin {
  /** `begin-base64` is what `uuencode -m` writes. */
  readonly digits: 'uuencode' | 'base64';
  readonly name: string;
  /** `644`; not every reader asks for it. */
  readonly hasMode: boolean;
}

/** Reads `begin 644 name`. */
export function parseUuBegin(line: string): UuBegin | undefined {
  const match = /^begin(-base64)?[ \t]+(0?[0-7]{3}[ \t]+)?([^\r\n]{0,255})/i.exec(line);
  if (match === null) return undefined;
  const [, base64, mode, name = ''] = match;
  const digits = base64 === undefined ? 'uuencode' : 'base64';
  return { digits, name: name.trim(), hasMode: mode !== undefined };
}

/** Whether a line can be the first one of a block, so that prose which starts with "begin" is none. */
export function isUuLine(line: Buffer, length: 'whole' | 'perhapsCut'): boolean {
  const octets = lengthOf(line);
  const digits = Math.ceil(octets / 3) * 4;
  const found = line.length - 1;
  // Blanks at the end are zeros that gateways take away; a check character may follow.
  const isLong = length === 'perhapsCut' ? found > 0 : found >= digits;
  if (octets === 0 || !isLong || found > digits + 2) return false;
  return line.every((octet) => octet >= space && octet <= 0x60);
}

/** Decodes from the line behind `begin` up to `end`. */
export class UuDecoder implements TransferDecoder {
  #held: Buffer = nothing;
  #isOver = false;

  push(chunk: Buffer): Buffer {
    if (this.#isOver) return nothing;
    const buffer = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const output: number[] = [];
    let at = 0;
    for (let end = buffer.indexOf(lf); end !== -1 && !this.#isOver; end = buffer.indexOf(lf, at)) {
      this.#takeLine(buffer.subarray(at, end), output);
      at = end + 1;
    }
    const rest = buffer.subarray(at);
    // What is longer than any line is no line: its rest is not waited for.
    this.#held = Buffer.from(rest.length > maxLineLength ? rest.subarray(0, maxLineLength) : rest);
    return Buffer.from(output);
  }

  end(): Buffer {
    const output: number[] = [];
    if (!this.#isOver) this.#takeLine(this.#held, output);
    this.#held = nothing;
    return Buffer.from(output);
  }

  #takeLine(whole: Buffer, output: number[]): void {
    const line = withoutCr(whole);
    if (line.length <= 4 && line.toString('latin1').trim() === 'end') {
      this.#isOver = true;
      return;
    }
    const octets = lengthOf(line);
    for (let group = 0; group * 3 < octets; group += 1) {
      const at = 1 + group * 4;
      const bits =
        (digitAt(line, at) << 18) |
        (digitAt(line, at + 1) << 12) |
        (digitAt(line, at + 2) << 6) |
        digitAt(line, at + 3);
      const wanted = Math.min(3, octets - group * 3);
      for (let index = 0; index < wanted; index += 1)
        output.push((bits >> (16 - 8 * index)) & 0xff);
    }
  }
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

/** Octets in a line by its first character; blank and backtick both are zero. */
function lengthOf(line: Buffer): number {
  const first = line[0];
  return first === undefined || first < space || first > 0x60 ? 0 : (first - space) & 0x3f;
}

function digitAt(line: Buffer, at: number): number {
  return ((line[at] ?? space) - space) & 0x3f;
}
