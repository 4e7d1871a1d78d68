// Owns the transparency of multi-line replies (RFC 1939 s.3) for the demo's own server and client.
// The proxy has its own: two independent implementations check each other.

const dotAfterLineEnd = Buffer.from('\r\n.');
const terminator = Buffer.from('.\r\n');
const dot = Buffer.from('.');
const sliceOctets = 65_536;

/** A message as it travels: stuffed and terminated, in pieces fit for a socket. The content must end with CRLF. */
export function* stuffed(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += sliceOctets) {
    yield stuffSlice(content, start, Math.min(start + sliceOctets, content.length));
  }
  yield terminator;
}

function stuffSlice(content: Buffer, start: number, end: number): Buffer {
  const pieces: Buffer[] = start === 0 && content[0] === dot[0] ? [dot] : [];
  const upToEnd = content.subarray(0, end);
  let written = start;
  let found = upToEnd.indexOf(dotAfterLineEnd, Math.max(0, start - 2));
  while (found !== -1) {
    const dotAt = found + 2;
    pieces.push(upToEnd.subarray(written, dotAt), dot);
    written = dotAt;
    found = upToEnd.indexOf(dotAfterLineEnd, dotAt);
  }
  pieces.push(upToEnd.subarray(written));
  return Buffer.concat(pieces);
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** What one chunk brought: content, and once the terminator has passed, what came behind it. */
export interface Unstuffed {
  readonly content: readonly Buffer[];
  /** Undefined while the reply goes on. */
  readonly rest: Buffer | undefined;
}

/** Undoes stuffing for one multi-line reply, whatever the chunk borders. */
export class Unstuffer {
  // The text begins as if behind a line end, which is then left out of the content.
  #held: Buffer = Buffer.from('\r\n');
  #toSkip = 2;

  feed(chunk: Buffer): Unstuffed {
    const data = Buffer.concat([this.#held, chunk]);
    const content: Buffer[] = [];
    let start = 0;
    for (;;) {
      const found = data.indexOf(dotAfterLineEnd, start);
      if (found === -1) {
        // The last two octets may be the CRLF before a dot still to come.
        this.#hold(data, start, Math.max(start, data.length - 2), content);
        return { content, rest: undefined };
      }
      const [afterDot, second] = [data[found + 3], data[found + 4]];
      const isUndecided =
        afterDot === undefined || (afterDot === carriageReturn && second === undefined);
      if (isUndecided) {
        this.#hold(data, start, found, content);
        return { content, rest: undefined };
      }
      this.#take(data.subarray(start, found + 2), content);
      if (afterDot === carriageReturn && second === lineFeed) {
        return { content, rest: data.subarray(found + 5) };
      }
      start = found + 3;
    }
  }

  #hold(data: Buffer, start: number, end: number, content: Buffer[]): void {
    this.#take(data.subarray(start, end), content);
    this.#held = data.subarray(end);
  }

  #take(slice: Buffer, content: Buffer[]): void {
    const skipped = Math.min(this.#toSkip, slice.length);
    this.#toSkip -= skipped;
    if (slice.length > skipped) content.push(slice.subarray(skipped));
  }
}
