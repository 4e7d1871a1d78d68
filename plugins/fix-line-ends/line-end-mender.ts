// Owns bringing the octets of a message to lines that end with CRLF. It never makes a blank line, a
// boundary line or any other structure that was not there with the line ends as they were. Pure.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const dash = 0x2d;
const byteOrderMark = Buffer.from('\ufeff');
const lineEnd = Buffer.from('\r\n');
const bareReturn = Buffer.from('\r');

/**
 * LF and any run of CR before it are one line end (CR CR LF is how some gateways write it), and so is
 * a run of CR without LF behind a text. At the start of a line, in a line that begins with a hyphen
 * and before a hyphen it stays: a blank line or a boundary line could come of it that was none. A
 * byte order mark at the very start goes.
 */
export class LineEndMender {
  /** Octets that may be the start of a mark; undefined once that is known. */
  #start: Buffer | undefined = Buffer.alloc(0);
  /** CRs whose meaning depends on what follows. */
  #held = 0;
  #line: 'empty' | 'text' | 'dashed' = 'empty';

  push(chunk: Buffer): Buffer[] {
    if (this.#start === undefined) return [...this.#mend(chunk)];
    const start = Buffer.concat([this.#start, chunk]);
    const mark = byteOrderMark.subarray(0, start.length);
    const isMarked = start.subarray(0, mark.length).equals(mark);
    if (isMarked && mark.length < byteOrderMark.length) {
      this.#start = start;
      return [];
    }
    this.#start = undefined;
    return [...this.#mend(isMarked ? start.subarray(mark.length) : start)];
  }

  /** The last line gets an end as well. */
  end(): Buffer[] {
    const rest = this.#start === undefined ? [] : [...this.#mend(this.#start)];
    this.#start = undefined;
    return this.#line === 'empty' && this.#held === 0 ? rest : [...rest, lineEnd];
  }

  *#mend(chunk: Buffer): Generator<Buffer, void, void> {
    let at = 0;
    while (at < chunk.length) {
      const octet = chunk[at];
      if (octet === lineFeed) {
        this.#held = 0;
        this.#line = 'empty';
        yield lineEnd;
        at += 1;
      } else if (octet === carriageReturn) {
        this.#held += 1;
        at += 1;
      } else {
        if (this.#held > 0) yield* this.#release(octet);
        if (this.#line === 'empty') this.#line = octet === dash ? 'dashed' : 'text';
        const end = findBreak(chunk, at);
        yield chunk.subarray(at, end);
        at = end;
      }
    }
  }

  /** A run of CR is over, and no LF has come. */
  *#release(next: number | undefined): Generator<Buffer, void, void> {
    if (this.#line === 'text' && next !== dash) {
      yield lineEnd;
      this.#line = 'empty';
    } else {
      for (let count = 0; count < this.#held; count += 1) yield bareReturn;
      if (this.#line === 'empty') this.#line = 'text';
    }
    this.#held = 0;
  }
}

function findBreak(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && chunk[at] !== lineFeed && chunk[at] !== carriageReturn) at += 1;
  return at;
}
