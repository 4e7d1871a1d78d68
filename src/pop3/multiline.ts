// Owns the framing of multi-line responses: dot-stuffing and the terminator (RFC 1939 s.3).
// Only CRLF "." CRLF ends a response. Bare LF and bare CR are content; but some clients take them for
// line ends and would see an early end at a dot alone between two of them. Such a line of dots, and
// only that, gets one more dot; where a server did so itself, it is taken off again.

const dot = 0x2e;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const lineFeedDot = Buffer.from('\n.');
const carriageReturnDot = Buffer.from('\r.');
const dotBytes = Buffer.from('.');
const carriageReturnBytes = Buffer.from('\r');

/** What stands before the next octet. `crlf` is also the start of the response. */
type Before = 'text' | 'crlf' | 'cr' | 'lf';

/** A dot held back at the end of a chunk until the next octets tell what it is. */
type Held =
  /** CRLF and a dot: stuffing or terminator. */
  | 'crlf-dot'
  /** CRLF, dot, CR. */
  | 'crlf-dot-cr'
  /** A lone CR or LF and one dot. */
  | 'lone-dot'
  /** A lone CR or LF and several dots, of which the last is held. */
  | 'lone-dots';

function isLineEnd(octet: number | undefined): boolean {
  return octet === carriageReturn || octet === lineFeed;
}

/** Index of the first octet from `start` that is no dot. */
function skipDots(chunk: Buffer, start: number): number {
  let at = start;
  while (chunk[at] === dot) at += 1;
  return at;
}

/** Is the line end at `index` a CRLF, counting a CR that ended the last chunk? */
function isCrlfAt(chunk: Buffer, index: number, before: Before): boolean {
  if (chunk[index] !== lineFeed) return false;
  return index > 0 ? chunk[index - 1] === carriageReturn : before === 'cr';
}

function stateAfter(chunk: Buffer, before: Before): Before {
  const last = chunk.length - 1;
  if (chunk[last] === carriageReturn) return 'cr';
  if (chunk[last] !== lineFeed) return 'text';
  return isCrlfAt(chunk, last, before) ? 'crlf' : 'lf';
}

/** Finds line ends that are followed by a dot; each octet is searched once. */
class DotFinder {
  readonly #chunk: Buffer;
  #afterLf = -2;
  #afterCr = -2;

  constructor(chunk: Buffer) {
    this.#chunk = chunk;
    // One octet is found much faster than two, and Base64 has no dot at all.
    if (chunk.includes(dot)) return;
    this.#afterLf = -1;
    this.#afterCr = -1;
  }

  /** Index of the next line end before a dot, from `start` on; undefined when there is none. */
  next(start: number): number | undefined {
    const chunk = this.#chunk;
    if (this.#afterLf !== -1 && this.#afterLf < start) {
      this.#afterLf = chunk.indexOf(lineFeedDot, start);
    }
    if (this.#afterCr !== -1 && this.#afterCr < start) {
      this.#afterCr = chunk.indexOf(carriageReturnDot, start);
    }
    if (this.#afterLf === -1) return this.#afterCr === -1 ? undefined : this.#afterCr;
    return this.#afterCr === -1 ? this.#afterLf : Math.min(this.#afterLf, this.#afterCr);
  }
}

/** `plain` content has no line that starts with a dot, so it usually looks the same on the wire. */
export type ContentForm = 'plain' | 'any';
export type EmitContent = (content: Buffer, form: ContentForm) => void;

/** Takes dot-stuffing off and finds the terminator, over any chunking. */
export class MultilineDecoder {
  #before: Before = 'crlf';
  #held: Held | undefined;
  #isEnded = false;

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * Passes content to `emit` as slices of `chunk` and returns how many octets of it were used:
   * all of them, or fewer when the terminator came and octets of the next reply follow.
   */
  push(chunk: Buffer, emit: EmitContent): number {
    if (chunk.length === 0 || this.#isEnded) return 0;
    if (this.#held === undefined) return this.#scan(chunk, 0, 'plain', emit);
    const start = this.#settleHeld(chunk, emit);
    if (this.#isEnded || start === chunk.length) return start;
    // What comes first may be the rest of a line that starts with a dot.
    return this.#scan(chunk, start, 'any', emit);
  }

  /** Settles what was held back; returns where to go on. */
  #settleHeld(chunk: Buffer, emit: EmitContent): number {
    let at = 0;
    if (this.#held === 'crlf-dot') {
      if (chunk[0] !== carriageReturn) return this.#release(0);
      this.#held = 'crlf-dot-cr';
      at = 1;
      if (at === chunk.length) return at;
    }
    if (this.#held === 'crlf-dot-cr') {
      if (chunk[at] === lineFeed) {
        this.#isEnded = true;
        return at + 1;
      }
      emit(carriageReturnBytes, 'any');
      this.#before = 'cr';
      this.#held = undefined;
      return at;
    }
    const runEnd = skipDots(chunk, 0);
    const isSeveral = this.#held === 'lone-dots' || runEnd > 0;
    if (runEnd === chunk.length) {
      // One dot stays held; which of them makes no difference.
      emit(chunk, 'any');
      this.#held = 'lone-dots';
      return chunk.length;
    }
    if (!(isSeveral && isLineEnd(chunk[runEnd]))) emit(dotBytes, 'any');
    return this.#release(0);
  }

  /** The held dot is settled; a dot that follows at once starts no line. */
  #release(next: number): number {
    this.#held = undefined;
    this.#before = 'text';
    return next;
  }

  #scan(chunk: Buffer, start: number, startForm: ContentForm, emit: EmitContent): number {
    const finder = new DotFinder(chunk);
    let from = start;
    let dotIndex = chunk[start] === dot && this.#before !== 'text' ? start : undefined;
    let isAfterCrlf = this.#before === 'crlf';
    let at = start;
    let form = startForm;
    for (;;) {
      if (dotIndex !== undefined) {
        const step = isAfterCrlf
          ? this.#dotAfterCrlf(chunk, dotIndex)
          : this.#dotAfterLoneEnd(chunk, dotIndex);
        // The dot of a terminator, or the only one that waits for what comes next, is not emitted.
        if (step.kind === 'goOn' || this.#held === 'lone-dots') form = 'any';
        if (step.cut !== undefined) {
          if (step.cut > from) emit(chunk.subarray(from, step.cut), form);
          from = step.cut + 1;
        }
        if (step.kind === 'stop') return step.next;
        at = step.next;
      }
      const lineEnd = finder.next(at);
      if (lineEnd === undefined) break;
      dotIndex = lineEnd + 1;
      isAfterCrlf = isCrlfAt(chunk, lineEnd, this.#before);
    }
    if (from < chunk.length) emit(from === 0 ? chunk : chunk.subarray(from), form);
    this.#before = stateAfter(chunk, this.#before);
    return chunk.length;
  }

  /** Stuffing, terminator, or not yet known. */
  #dotAfterCrlf(chunk: Buffer, index: number): DotStep {
    const following = chunk[index + 1];
    if (following === undefined) return this.#hold(chunk, 'crlf-dot', index);
    if (following !== carriageReturn) return { kind: 'goOn', cut: index, next: index + 1 };
    const last = chunk[index + 2];
    if (last === undefined) return this.#hold(chunk, 'crlf-dot-cr', index);
    if (last !== lineFeed) return { kind: 'goOn', cut: index, next: index + 1 };
    this.#isEnded = true;
    return { kind: 'stop', cut: index, next: index + 3 };
  }

  /** Content; one of several dots that fill a line was added by the server. */
  #dotAfterLoneEnd(chunk: Buffer, index: number): DotStep {
    const runEnd = skipDots(chunk, index);
    const isSeveral = runEnd - index > 1;
    const last = runEnd - 1;
    if (runEnd === chunk.length) {
      return this.#hold(chunk, isSeveral ? 'lone-dots' : 'lone-dot', last);
    }
    const isStuffed = isSeveral && isLineEnd(chunk[runEnd]);
    return { kind: 'goOn', cut: isStuffed ? last : undefined, next: runEnd };
  }

  #hold(chunk: Buffer, held: Held, cut: number): DotStep {
    this.#held = held;
    return { kind: 'stop', cut, next: chunk.length };
  }
}

/** `cut` is an octet that does not belong to the content, with all after it when the scan stops. */
interface DotStep {
  readonly kind: 'goOn' | 'stop';
  readonly cut: number | undefined;
  readonly next: number;
}

/** Adds dot-stuffing and the terminator, over any chunking. */
export class MultilineEncoder {
  #before: Before = 'crlf';
  /** The last chunk ended inside a run of dots after a lone CR or LF. */
  #isInLoneRun = false;

  /**
   * The chunk as it goes on the wire: usually the chunk itself, else slices of it and dots. What a
   * MultilineDecoder has called plain need not be searched.
   */
  encode(chunk: Buffer, form: ContentForm = 'any'): Buffer[] {
    if (chunk.length === 0) return [];
    if (form === 'plain' && !this.#isInLoneRun) {
      this.#before = stateAfter(chunk, this.#before);
      return [chunk];
    }
    const wire: Buffer[] = [];
    const finder = new DotFinder(chunk);
    let from = 0;
    const addDotAt = (index: number): void => {
      if (index > from) wire.push(chunk.subarray(from, index));
      wire.push(dotBytes);
      from = index;
    };
    let at = 0;
    if (this.#isInLoneRun || (chunk[0] === dot && this.#before !== 'text')) {
      at = this.#stuff(chunk, 0, this.#before === 'crlf' && !this.#isInLoneRun, addDotAt);
    }
    for (let end = finder.next(at); end !== undefined; end = finder.next(at)) {
      at = this.#stuff(chunk, end + 1, isCrlfAt(chunk, end, this.#before), addDotAt);
    }
    wire.push(from === 0 ? chunk : chunk.subarray(from));
    this.#before = stateAfter(chunk, this.#before);
    return wire;
  }

  /** The terminator, after a CRLF where the content does not end with one. */
  end(): Buffer {
    if (this.#before === 'crlf') return Buffer.from('.\r\n');
    return Buffer.from(this.#isInLoneRun ? '.\r\n.\r\n' : '\r\n.\r\n');
  }

  /** Adds a dot to the line that starts with dots at `index`, if it needs one; returns where to go on. */
  #stuff(
    chunk: Buffer,
    index: number,
    isAfterCrlf: boolean,
    addDotAt: (index: number) => void,
  ): number {
    this.#isInLoneRun = false;
    if (isAfterCrlf) {
      addDotAt(index);
      return index + 1;
    }
    const runEnd = skipDots(chunk, index);
    if (runEnd === chunk.length) this.#isInLoneRun = true;
    else if (isLineEnd(chunk[runEnd])) addDotAt(runEnd);
    return runEnd;
  }
}
