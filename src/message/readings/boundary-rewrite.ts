// Owns turning boundary lines that only some readers recognise into ones that the standard walk does.
import type { TransferDecoder } from '../transfer-decoding.ts';

export interface BoundaryRule {
  /** Without the two hyphens; may be empty. */
  readonly boundary: string;
  /** Is a line with more behind the boundary a boundary line? */
  readonly behind: 'blanks' | 'anything';
  /** What the boundary is called in the output. */
  readonly writtenAs: string;
}

const nothing: Buffer = Buffer.alloc(0);
const lf = 0x0a;
const dash = 0x2d;
// As much of a line as is looked at; a boundary has at most 70 characters (RFC 2046 s.5.1.1).
const maxHeldLine = 2048;

export class BoundaryRewrite implements TransferDecoder {
  readonly #rule: BoundaryRule;
  readonly #start: string;
  /** A line that begins like a boundary line and is not whole yet. */
  #held: Buffer = nothing;
  #position: 'lineStart' | 'inLine' | 'dropping' = 'lineStart';

  constructor(rule: BoundaryRule) {
    this.#rule = rule;
    this.#start = `--${rule.boundary}`;
  }

  push(chunk: Buffer): Buffer {
    const buffer = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = nothing;
    const pieces: Buffer[] = [];
    let at = 0;
    while (at < buffer.length) {
      const lineEnd = buffer.indexOf(lf, at);
      const next = lineEnd === -1 ? buffer.length : lineEnd + 1;
      if (this.#position === 'lineStart' && buffer[at] === dash) {
        const line = buffer.subarray(at, next);
        if (lineEnd === -1 && line.length < maxHeldLine) {
          this.#held = Buffer.from(line);
          break;
        }
        pieces.push(this.#rewrite(line));
      } else if (this.#position !== 'dropping') {
        pieces.push(buffer.subarray(at, next));
      }
      this.#position = this.#positionAfter(lineEnd !== -1);
      at = next;
    }
    return Buffer.concat(pieces);
  }

  end(): Buffer {
    return this.#held.length === 0 ? nothing : this.#rewrite(this.#held);
  }

  #positionAfter(isWholeLine: boolean): 'lineStart' | 'inLine' | 'dropping' {
    if (isWholeLine) return 'lineStart';
    return this.#position === 'dropping' ? 'dropping' : 'inLine';
  }

  #rewrite(line: Buffer): Buffer {
    const text = line.toString('latin1');
    if (!text.startsWith(this.#start)) return line;
    const rest = text.slice(this.#start.length);
    const isClosing = rest.startsWith('--');
    const behind = isClosing ? rest.slice(2) : rest;
    if (this.#rule.behind === 'blanks' && !/^[ \t\r\n]*$/.test(behind)) return line;
    // The end of a line too long to be held is dropped with the rest that comes.
    if (!text.endsWith('\n')) this.#position = 'dropping';
    return Buffer.from(`--${this.#rule.writtenAs}${isClosing ? '--' : ''}\r\n`, 'latin1');
  }
}
