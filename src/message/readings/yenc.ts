// Owns files in yEnc: how a block of it begins, and its decoding.
import type { TransferDecoder } from '../transfer-decoding.ts';

const nothing: Buffer = Buffer.alloc(0);
const lf = 0x0a;
const cr = 0x0d;
const equals = 0x3d;
const shift = 42;
const escapedShift = 64;
const keywords = ['=yend', '=ypart '] as const;

export interface YencBegin {
  readonly name: string;
  /** Its other pieces are elsewhere. */
  readonly isPiece: boolean;
}

/** Reads `=ybegin part=1 total=2 line=128 size=123456 name=a file.zip`. */
export function parseYencBegin(line: string): YencBegin | undefined {
  if (!/^=ybegin[ \t]/i.test(line)) return undefined;
  const name = /[ \t]name=([^\r\n]{0,255})/i.exec(line)?.[1] ?? '';
  const part = /[ \t]part=(\d{1,9})/i.exec(line)?.[1];
  const total = /[ \t]total=(\d{1,9})/i.exec(line)?.[1];
  const isWhole = part === undefined || (Number(part) === 1 && Number(total) === 1);
  return { name: name.trim(), isPiece: !isWhole };
}

/** Decodes from the line behind `=ybegin` up to `=yend`. */
export class YencDecoder implements TransferDecoder {
  #state: 'lineStart' | 'inLine' | 'escaped' | 'keyword' | 'over' = 'lineStart';
  #held: Buffer = nothing;

  push(chunk: Buffer): Buffer {
    if (this.#state === 'over') return nothing;
    const buffer = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = nothing;
    const output = Buffer.allocUnsafe(buffer.length);
    let length = 0;
    for (let at = 0; at < buffer.length; at += 1) {
      const octet = buffer[at] ?? 0;
      if (this.#state === 'keyword') {
        if (octet === lf) this.#state = 'lineStart';
      } else if (octet === lf || octet === cr) {
        if (octet === lf) this.#state = 'lineStart';
      } else if (this.#state === 'escaped') {
        output[length] = octet - shift - escapedShift;
        length += 1;
        this.#state = 'inLine';
      } else if (octet === equals) {
        const keyword: Keyword = this.#state === 'lineStart' ? keywordAt(buffer, at) : 'none';
        if (keyword === 'undecided') {
          this.#held = Buffer.from(buffer.subarray(at));
          break;
        }
        if (keyword === 'yend') {
          this.#state = 'over';
          break;
        }
        this.#state = keyword === 'ypart' ? 'keyword' : 'escaped';
      } else {
        output[length] = octet - shift;
        length += 1;
        this.#state = 'inLine';
      }
    }
    return output.subarray(0, length);
  }

  end(): Buffer {
    return nothing;
  }
}

type Keyword = 'yend' | 'ypart' | 'none' | 'undecided';

function keywordAt(buffer: Buffer, at: number): Keyword {
  const text = buffer.toString('latin1', at, at + 7).toLowerCase();
  if (text.startsWith('=yend')) return 'yend';
  if (text.startsWith('=ypart ')) return 'ypart';
  return keywords.some((keyword) => keyword.startsWith(text)) ? 'undecided' : 'none';
}
