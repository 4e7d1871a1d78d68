// Owns the search for a CR without LF where it would begin a header field, a boundary line or a file.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hidden = ['--', 'begin', '=ybegin'] as const;
const longest = 8;

/** Reads a message, one octet per character, in chunks of any size. */
export class BareCrFinder {
  isFound = false;
  #isInHeader = true;
  /** No octet but CR since the last line end. */
  #isLineEmpty = true;
  #previous = lineFeed;
  #tail = '';

  push(chunk: string): void {
    if (this.isFound) return;
    const bodyStart = this.#isInHeader ? this.#readHeader(chunk) : 0;
    if (!this.#isInHeader && !this.isFound) this.#searchBody(chunk, bodyStart);
  }

  /** Where the body begins in this chunk, or its length. */
  #readHeader(chunk: string): number {
    let previous = this.#previous;
    let isLineEmpty = this.#isLineEmpty;
    let at = 0;
    while (at < chunk.length && this.#isInHeader) {
      const octet = chunk.charCodeAt(at);
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

  #searchBody(chunk: string, start: number): void {
    const border = this.#tail + chunk.slice(start, start + longest);
    this.isFound = holdsHidden(border, 0) || holdsHidden(chunk, start);
    const isLong = chunk.length - start >= longest;
    this.#tail = (isLong ? chunk : this.#tail + chunk.slice(start)).slice(-longest);
  }
}

function holdsHidden(text: string, start: number): boolean {
  for (let at = text.indexOf('\r', start); at !== -1; at = text.indexOf('\r', at + 1)) {
    const isBare = text.charCodeAt(at + 1) !== lineFeed;
    if (isBare && hidden.some((beginning) => text.startsWith(beginning, at + 1))) return true;
  }
  return false;
}
