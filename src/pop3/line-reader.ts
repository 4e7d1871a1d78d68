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
  #searched = 0;

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
    const pending = this.#buffer.subarray(this.#start, this.#end);
    const end = pending.indexOf(lineFeed, this.#searched);
    const lineOctets = end === -1 ? pending.length : end + 1;
    if (lineOctets > this.#maxLineOctets) {
      throw new AppError('LINE_TOO_LONG', {
        fault: 'client',
        publicText: 'line too long',
        responseCode: 'none',
      });
    }
    if (end === -1) {
      this.#searched = pending.length;
      return undefined;
    }
    const stop = end > 0 && pending[end - 1] === carriageReturn ? end - 1 : end;
    this.#start += end + 1;
    this.#searched = 0;
    return pending.subarray(0, stop);
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
    this.#start = 0;
    this.#end = pending.length;
  }
}
