// Owns the search for a CR without LF where it would begin a header field, a boundary line or a file.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hidden = [Buffer.from('\r--'), Buffer.from('\rbegin'), Buffer.from('\r=ybegin')] as const;
const longest = 8;

/** Reads a message in chunks of any size. */
export class BareCrFinder {
  isFound = false;
  #isInHeader = true;
  /** No octet but CR since the last line end. */
  #isLineEmpty = true;
  #previous = lineFeed;
  #tail: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    if (this.isFound) return;
    const bodyStart = this.#isInHeader ? this.#readHeader(chunk) : 0;
    if (!this.#isInHeader) this.#searchBody(chunk.subarray(bodyStart));
  }

  /** Where the body begins in this chunk, or its length. */
  #readHeader(chunk: Buffer): number {
    for (let index = 0; index < chunk.length; index += 1) {
      const octet = chunk[index] ?? 0;
      // CR CR LF is how some gateways write a line end, and hides nothing.
      if (this.#previous === carriageReturn && octet !== lineFeed && octet !== carriageReturn) {
        this.isFound = true;
      }
      this.#previous = octet;
      if (octet === lineFeed) {
        if (this.#isLineEmpty) {
          this.#isInHeader = false;
          return index + 1;
        }
        this.#isLineEmpty = true;
      } else if (octet !== carriageReturn) {
        this.#isLineEmpty = false;
      }
    }
    return chunk.length;
  }

  #searchBody(chunk: Buffer): void {
    const border = Buffer.concat([this.#tail, chunk.subarray(0, longest)]);
    this.isFound ||= this.#holdsHidden(border) || this.#holdsHidden(chunk);
    const kept = chunk.length >= longest ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Buffer.from(kept.subarray(-longest));
  }

  #holdsHidden(chunk: Buffer): boolean {
    return hidden.some((text) => chunk.includes(text));
  }
}
