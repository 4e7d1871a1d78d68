// Owns the search for a CR without LF where it would begin a header field, a boundary line or a file.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hidden = ['\r--', '\rbegin', '\r=ybegin'] as const;
/** As much of it as is searched for in the quickest way. */
const startLength = 3;
const longest = 8;
const nothing: Buffer = Buffer.alloc(0);

/** Reads a message in chunks of any size. */
export class BareCrFinder {
  isFound = false;
  #isInHeader = true;
  /** No octet but CR since the last line end. */
  #isLineEmpty = true;
  #previous = lineFeed;
  #tail: Buffer = nothing;

  push(chunk: Buffer): void {
    if (this.isFound) return;
    const bodyStart = this.#isInHeader ? this.#readHeader(chunk) : 0;
    if (!this.#isInHeader && !this.isFound) this.#searchBody(chunk, bodyStart);
  }

  /** Where the body begins in this chunk, or its length. */
  #readHeader(chunk: Buffer): number {
    let previous = this.#previous;
    let isLineEmpty = this.#isLineEmpty;
    let at = 0;
    while (at < chunk.length && this.#isInHeader) {
      const octet = chunk[at] ?? 0;
      at += 1;
      if (octet === lineFeed) {
        this.#isInHeader = !isLineEmpty;
        isLineEmpty = true;
      } else if (octet !== carriageReturn) {
        // CR CR LF is how some gateways write a line end, and hides nothing.
        if (previous === carriageReturn) this.isFound = true;
        isLineEmpty = false;
      }
      previous = octet;
    }
    this.#previous = previous;
    this.#isLineEmpty = isLineEmpty;
    return at;
  }

  #searchBody(chunk: Buffer, start: number): void {
    const border = Buffer.concat([this.#tail, chunk.subarray(start, start + longest)]);
    this.isFound = holdsHidden(border, 0) || holdsHidden(chunk, start);
    const isLong = chunk.length - start >= longest;
    this.#tail = isLong ? Buffer.from(chunk.subarray(-longest)) : border.subarray(-longest);
  }
}

function holdsHidden(octets: Buffer, start: number): boolean {
  return hidden.some((text) => {
    const beginning = text.slice(0, startLength);
    const at = octets.indexOf(beginning, start, 'latin1');
    return at !== -1 && octets.includes(text, at, 'latin1');
  });
}
