// Owns the cut from octets to lines. It knows no command and no reply.
import { AppError } from '../base/errors.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const empty = Buffer.alloc(0);

/**
 * Octets in, lines out. A line ends with LF; one CR before it is taken off. The position reached
 * by an earlier search is remembered and room is made ahead, so that a peer that sends one octet at
 * a time costs little more than one that sends whole lines.
 */
export class LineReader {
  #maxLineOctets: number;
  /** What is pending lies from `#start` to `#end`; behind `#end` is room, before `#start` are lines. */
  #buffer: Buffer = empty;
  #start = 0;
  #end = 0;
  /** No line feed lies between `#start` and here. */
  #searched = 0;
  #lineStart = 0;
  #lineEnd = 0;

  /** `maxLineOctets` counts the line end. */
  constructor(maxLineOctets: number) {
    this.#maxLineOctets = maxLineOctets;
  }

  push(chunk: Buffer): void {
    if (this.pendingOctets === 0) {
      this.#use(chunk, chunk.length);
      return;
    }
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#end += chunk.copy(this.#buffer, this.#end);
  }

  /** The next line without its end, or undefined until more octets come. Throws LINE_TOO_LONG. */
  maybeReadLine(): Buffer | undefined {
    return this.maybeNextLine() ? this.#buffer.subarray(this.#lineStart, this.#lineEnd) : undefined;
  }

  /** As maybeReadLine, for those who look at the octets where they lie: true when there is a line. */
  maybeNextLine(): boolean {
    const found = this.#findLineFeed();
    const end = found === -1 ? this.#end : found + 1;
    if (end - this.#start > this.#maxLineOctets) {
      throw new AppError('LINE_TOO_LONG', {
        fault: 'client',
        publicText: 'line too long',
        responseCode: 'none',
      });
    }
    this.#searched = end;
    if (found === -1) return false;
    this.#lineStart = this.#start;
    const hasReturn = found > this.#start && this.#buffer[found - 1] === carriageReturn;
    this.#lineEnd = hasReturn ? found - 1 : found;
    this.#start = end;
    return true;
  }

  /** Where the last line lies, without its end; valid until the next push. */
  get octets(): Buffer {
    return this.#buffer;
  }

  get lineStart(): number {
    return this.#lineStart;
  }

  get lineEnd(): number {
    return this.#lineEnd;
  }

  #findLineFeed(): number {
    // Behind the end lie octets of lines that have gone.
    const used =
      this.#end === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#end);
    return used.indexOf(lineFeed, this.#searched);
  }

  get pendingOctets(): number {
    return this.#end - this.#start;
  }

  /** Hands over everything not yet read as a line. */
  takePending(): Buffer {
    const taken = this.#buffer.subarray(this.#start, this.#end);
    this.#use(empty, 0);
    return taken;
  }

  /** SASL continuation lines may be longer than commands. */
  setMaxLineOctets(maxLineOctets: number): void {
    this.#maxLineOctets = maxLineOctets;
  }

  #use(buffer: Buffer, end: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = end;
    this.#searched = 0;
  }

  /** Doubles what is needed, so that the octets of a long line are copied a few times at most. */
  #makeRoom(octets: number): void {
    const pending = this.#buffer.subarray(this.#start, this.#end);
    const larger = Buffer.allocUnsafe(2 * (pending.length + octets));
    pending.copy(larger);
    this.#buffer = larger;
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = pending.length;
  }
}
