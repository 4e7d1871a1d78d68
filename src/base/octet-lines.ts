// Owns the division of octets into lines that end with LF, in bounded memory. Pure.

const lf = 0x0a;

export interface OctetLine {
  /** Without its LF. Of a line longer than the limit, only the first octets. */
  readonly octets: Buffer;
  /** In the input, its LF included. */
  readonly length: number;
  /** False for what stands at the very end without one. */
  readonly hasLineEnd: boolean;
}

export class OctetLines {
  readonly #maxOctets: number;
  #pieces: Buffer[] = [];
  #kept = 0;
  #length = 0;

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** The lines that end in this chunk. */
  *push(chunk: Buffer): Generator<OctetLine, void, void> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lf, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end));
      this.#length += 1;
      yield this.#take(true);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** What is left at the end of the input. */
  end(): OctetLine | undefined {
    return this.#length === 0 ? undefined : this.#take(false);
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    const kept = piece.subarray(0, this.#maxOctets - this.#kept);
    if (kept.length === 0) return;
    this.#pieces.push(kept);
    this.#kept += kept.length;
  }

  #take(hasLineEnd: boolean): OctetLine {
    const [only, ...more] = this.#pieces;
    const octets = more.length === 0 ? (only ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces);
    const line = { octets, length: this.#length, hasLineEnd };
    this.#pieces = [];
    this.#kept = 0;
    this.#length = 0;
    return line;
  }
}

/** The lines of a stream, in order. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maxOctets: number,
): AsyncGenerator<OctetLine, void, void> {
  const lines = new OctetLines(maxOctets);
  for await (const chunk of chunks) yield* lines.push(chunk);
  const rest = lines.end();
  if (rest !== undefined) yield rest;
}
