// Owns where one message ends and the next begins in an mbox, piece by piece and in bounded memory. It opens
// no file. Octets stay as they are, but for the `>` that the mboxrd form puts before `From `.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const greaterThan = 0x3e;
const from = Buffer.from('From ');

/** A line that is longer cannot be the beginning of a message; this much of one is looked at. */
const lineHeadOctets = 64;

export class MboxSplitter {
  readonly #maxOctets: number;
  /** Of the message at hand. */
  #pieces: Buffer[] = [];
  #octets = 0;
  #isInside = false;
  /** A line whose end has not come: kept until it is known whether it begins a message. */
  #open: Buffer = Buffer.alloc(0);
  /** Where in a line that is too long to be kept whole the reading is. */
  #place: 'lineStart' | 'insideLine' | 'insideSeparator' = 'lineStart';
  #isAfterBlank = true;

  /** What a message has beyond `maxOctets` is left out. */
  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  /** The messages that end in this piece. What stands before the first `From ` belongs to none. */
  push(piece: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let at = 0;
    while (at < piece.length) {
      const end = piece.indexOf(lineFeed, at);
      const part = piece.subarray(at, end === -1 ? piece.length : end + 1);
      at += part.length;
      this.#take(part, end === -1 ? 'open' : 'whole', messages);
    }
    return messages;
  }

  /** The last one, if there is any. */
  end(): Buffer[] {
    const messages: Buffer[] = [];
    if (this.#open.length > 0) this.#take(Buffer.alloc(0), 'whole', messages);
    this.#finish(messages);
    return messages;
  }

  #take(part: Buffer, extent: 'open' | 'whole', messages: Buffer[]): void {
    if (this.#place === 'lineStart') {
      const line = this.#open.length === 0 ? part : Buffer.concat([this.#open, part]);
      if (extent === 'open' && line.length < lineHeadOctets) {
        // Copied, so that a few octets do not keep a whole piece in memory.
        this.#open = Buffer.from(line);
        return;
      }
      this.#open = Buffer.alloc(0);
      this.#startLine(line, messages);
    } else if (this.#place === 'insideLine') {
      this.#keep(part);
    }
    if (extent === 'whole') this.#place = 'lineStart';
  }

  /** `line`: whole, or as much of it as shows what it is. */
  #startLine(line: Buffer, messages: Buffer[]): void {
    if (this.#isAfterBlank && line.subarray(0, from.length).equals(from)) {
      this.#finish(messages);
      this.#isInside = true;
      this.#isAfterBlank = false;
      this.#place = 'insideSeparator';
      return;
    }
    this.#isAfterBlank = isBlank(line);
    this.#place = 'insideLine';
    this.#keep(isQuotedFrom(line) ? line.subarray(1) : line);
  }

  #keep(octets: Buffer): void {
    const room = this.#maxOctets - this.#octets;
    if (!this.#isInside || room <= 0) return;
    const kept = Buffer.from(octets.subarray(0, room));
    this.#pieces.push(kept);
    this.#octets += kept.length;
  }

  #finish(messages: Buffer[]): void {
    if (this.#isInside) messages.push(withoutLastBlank(Buffer.concat(this.#pieces, this.#octets)));
    this.#pieces = [];
    this.#octets = 0;
    this.#isInside = false;
  }
}

function isBlank(line: Buffer): boolean {
  return line[0] === lineFeed || (line[0] === carriageReturn && line[1] === lineFeed);
}

function isQuotedFrom(line: Buffer): boolean {
  let marks = 0;
  while (line[marks] === greaterThan) marks += 1;
  return marks > 0 && line.subarray(marks, marks + from.length).equals(from);
}

/** The blank line before the next message belongs to the mbox. */
function withoutLastBlank(message: Buffer): Buffer {
  for (const [end, blank] of [
    [message.length - 1, '\n'],
    [message.length - 2, '\r\n'],
  ] as const) {
    const isBlankLine = message.subarray(end).equals(Buffer.from(blank));
    if (isBlankLine && end > 0 && message[end - 1] === lineFeed) return message.subarray(0, end);
  }
  return message;
}
