// Owns turning a message into the octets that say to the standard walk what they say to a reader with
// other line ends.
import type { TransferDecoder } from '../transfer-decoding.ts';

export type LineEndVariant =
  /** A CR without LF ends a line. */
  | 'crEndsLine'
  /** Only CRLF ends a line. */
  | 'lfEndsNoLine';

const nothing: Buffer = Buffer.alloc(0);
const lf = 0x0a;
const cr = 0x0d;

export function createLineEndRewrite(variant: LineEndVariant): TransferDecoder {
  return variant === 'crEndsLine' ? new CrRewrite() : new LfRewrite();
}

/** CR CR LF, as some gateways write it, stays one line end. */
class CrRewrite implements TransferDecoder {
  /** CRs whose line end may still come. */
  #held = 0;

  push(chunk: Buffer): Buffer {
    if (this.#held === 0 && !chunk.includes(cr)) return chunk;
    const output: number[] = [];
    for (const octet of chunk) {
      if (octet === cr) {
        this.#held += 1;
        continue;
      }
      this.#release(octet, output);
      output.push(octet);
    }
    return Buffer.from(output);
  }

  end(): Buffer {
    const output: number[] = [];
    this.#release(0, output);
    return Buffer.from(output);
  }

  #release(next: number, output: number[]): void {
    if (next === lf && this.#held > 0) output.push(cr);
    else for (let count = 0; count < this.#held; count += 1) output.push(cr, lf);
    this.#held = 0;
  }
}

class LfRewrite implements TransferDecoder {
  #previous = 0;

  push(chunk: Buffer): Buffer {
    const output = Buffer.from(chunk);
    for (let at = chunk.indexOf(lf); at !== -1; at = chunk.indexOf(lf, at + 1)) {
      const before = at === 0 ? this.#previous : chunk[at - 1];
      if (before !== cr) output[at] = 0x20;
    }
    this.#previous = chunk.at(-1) ?? this.#previous;
    return output;
  }

  end(): Buffer {
    return nothing;
  }
}
