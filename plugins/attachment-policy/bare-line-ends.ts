// Owns the search for structure that only some mail programs see: header fields and boundary lines that
// are set apart by a CR without LF. Here a line ends with LF, elsewhere it may end with CR.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hiddenBoundary = Buffer.from('\r--');

/** Reads a message in chunks of any size. */
export class BareLineEndFinder {
  #isInHeader = true;
  /** No octet but CR since the last line end. */
  #isLineEmpty = true;
  #previous = lineFeed;
  #tail: Buffer = Buffer.alloc(0);

  /** True once a CR has been found that ends a line for some programs and hides it from others. */
  push(chunk: Buffer): boolean {
    const bodyStart = this.#isInHeader ? this.#readHeader(chunk) : 0;
    if (bodyStart === undefined) return true;
    return this.#isInHeader ? false : this.#searchBody(chunk.subarray(bodyStart));
  }

  /** Where the body begins in this chunk, or its length; undefined when the header hides something. */
  #readHeader(chunk: Buffer): number | undefined {
    for (const [index, octet] of chunk.entries()) {
      // CR CR LF is how some gateways write a line end, and hides nothing.
      const isHidden =
        this.#previous === carriageReturn && octet !== lineFeed && octet !== carriageReturn;
      if (isHidden) return undefined;
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

  #searchBody(chunk: Buffer): boolean {
    const border = Buffer.concat([this.#tail, chunk.subarray(0, hiddenBoundary.length - 1)]);
    if (border.includes(hiddenBoundary) || chunk.includes(hiddenBoundary)) return true;
    const kept = hiddenBoundary.length - 1;
    this.#tail = Buffer.from(
      chunk.length >= kept
        ? chunk.subarray(-kept)
        : Buffer.concat([this.#tail, chunk]).subarray(-kept),
    );
    return false;
  }
}
