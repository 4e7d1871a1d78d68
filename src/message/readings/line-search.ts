// Owns the search for lines that may begin something other than text: boundaries, header fields, files
// in uuencode, yEnc and BinHex. It looks at the first two octets of a line and passes most lines over.
import { isUuLine, parseUuBegin } from './uuencode.ts';
import { parseYencBegin } from './yenc.ts';

interface MarkPlace {
  /** Where the line begins, in octets from the beginning of what was searched. */
  readonly start: number;
  /** Where the next line begins. */
  readonly next: number;
}

export type Mark =
  | (MarkPlace & {
      readonly kind: 'dashes';
      /** Behind the two hyphens, one octet per character, its first 1024 characters. */
      readonly text: string;
      /** Does a header field that only MIME knows stand on the next line? */
      readonly leadsToField: boolean;
      /** The line before it ends with LF, not CRLF. */
      readonly isAfterBareLf: boolean;
    })
  | (MarkPlace & { readonly kind: 'field' })
  | (MarkPlace & { readonly kind: 'uuencode' | 'base64'; readonly name: string })
  | (MarkPlace & { readonly kind: 'yenc'; readonly name: string; readonly isPiece: boolean })
  | (MarkPlace & { readonly kind: 'binhex' });

const lf = 0x0a;
const cr = 0x0d;
const nothing: Buffer = Buffer.alloc(0);
// Letters of both cases differ in it; the hyphen has it set.
const caseBit = 0x20;
const secondOctets = makeSecondOctets();
const maxLineLength = 1024;
const maxTextLength = 1024;
/** More marks than any mail has; what comes behind is not looked at. */
const maxMarks = 10_000;
const pruneEvery = 500;
/** Of lines with boundaries: many of both are no mail but work for its reader. */
const maxComparisons = 20_000_000;

const field = /^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:/i;
const binhex = /^\(this file must be converted with binhex/i;

/** The beginning of a line that counts from `from` on: its part has no content before. */
export interface WatchedBoundary {
  readonly text: string;
  readonly from: number;
}

/** A line that is decided upon by the one behind it. */
interface OpenLine {
  /** As much of it as is looked at. */
  readonly text: string;
  readonly start: number;
  readonly isAfterBareLf: boolean;
}

export class LineSearch {
  marks: Mark[] = [];
  #prunedLength = 0;
  /** Only such boundary lines are kept that lead to a field or begin with one of these. */
  readonly #boundaries: readonly WatchedBoundary[];
  #isFull = false;
  #comparisons = 0;
  #offset = 0;
  #rest: Buffer = nothing;
  #isInLongLine = false;
  #previousEnd: 'crlf' | 'lf' = 'crlf';
  #open: OpenLine | undefined;

  /** `boundaries`, in the order of the message, may grow until the octets they count from are pushed. */
  constructor(boundaries: readonly WatchedBoundary[] = []) {
    this.#boundaries = boundaries;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  push(chunk: Buffer): void {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let end = buffer.indexOf(lf); end !== -1; end = buffer.indexOf(lf, at)) {
      this.#takeLine(buffer, at, end);
      at = end + 1;
    }
    const rest = buffer.length - at;
    if (rest > maxLineLength) {
      this.#takeLine(buffer, at, buffer.length);
      this.#isInLongLine = true;
      at = buffer.length;
    }
    this.#rest = at === buffer.length ? nothing : Buffer.from(buffer.subarray(at));
    this.#offset += at;
  }

  /** Forgets marks that mean nothing where they stand, once there are many. */
  prune(isOfUse: (mark: Mark) => boolean): void {
    if (this.marks.length < this.#prunedLength + pruneEvery) return;
    this.marks = this.marks.filter(isOfUse);
    this.#prunedLength = this.marks.length;
  }

  end(): readonly Mark[] {
    if (this.#rest.length > 0) this.#takeLine(this.#rest, 0, this.#rest.length);
    this.#decide(nothing, this.#offset + this.#rest.length);
    this.#rest = nothing;
    return this.marks;
  }

  #takeLine(buffer: Buffer, start: number, end: number): void {
    if (this.#isInLongLine) {
      this.#isInLongLine = end === buffer.length && buffer[end - 1] !== lf;
      return;
    }
    const isOfInterest = end > start && mayBegin(buffer[start] ?? 0, buffer[start + 1] ?? 0);
    if (this.#open !== undefined || isOfInterest) {
      const line = buffer.subarray(start, buffer[end - 1] === cr ? end - 1 : end);
      this.#decide(line, this.#offset + start);
      if (isOfInterest) this.#look(line, this.#offset + start, this.#offset + end + 1);
    }
    this.#previousEnd = end > start && buffer[end - 1] === cr ? 'crlf' : 'lf';
  }

  #look(line: Buffer, start: number, next: number): void {
    const text = line.toString('latin1', 0, maxTextLength);
    if (text.startsWith('--') || /^begin/i.test(text)) {
      const isAfterBareLf = this.#previousEnd === 'lf' && start > 0;
      this.#open = { text, start, isAfterBareLf };
    } else if (field.test(text)) {
      this.#add({ kind: 'field', start, next });
    } else if (binhex.test(text)) {
      this.#add({ kind: 'binhex', start, next });
    } else {
      const yenc = parseYencBegin(text);
      if (yenc !== undefined) this.#add({ kind: 'yenc', start, next, ...yenc });
    }
  }

  /** What the line before was, now that the one behind it is there. */
  #decide(line: Buffer, next: number): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { text, start, isAfterBareLf } = open;
    if (text.startsWith('--')) {
      const leadsToField = field.test(line.toString('latin1', 0, maxTextLength));
      const behind = text.slice(2);
      if (leadsToField || this.#isKnown(behind, start)) {
        this.#add({ kind: 'dashes', start, next, text: behind, leadsToField, isAfterBareLf });
      }
      return;
    }
    const begin = parseUuBegin(text);
    if (begin === undefined) return;
    const { name, digits } = begin;
    if (digits === 'base64' || isUuLine(line, begin.hasMode ? 'perhapsCut' : 'whole')) {
      this.#add({ kind: digits, start, next, name });
    }
  }

  /** How many boundaries are known already depends on the chunks, and must not matter. */
  #isKnown(behind: string, start: number): boolean {
    for (const { text, from } of this.#boundaries) {
      if (from > start || this.#isFull) return false;
      this.#comparisons += 1;
      if (this.#comparisons > maxComparisons) this.#isFull = true;
      if (behind.startsWith(text)) return true;
    }
    return false;
  }

  #add(mark: Mark): void {
    if (this.marks.length < maxMarks) this.marks.push(mark);
    else this.#isFull = true;
  }
}

function mayBegin(first: number, second: number): boolean {
  return secondOctets[first] === (second | caseBit);
}

/** By the first octet, the second one of what may begin so: in lower case, or the sign itself. */
function makeSecondOctets(): Uint8Array {
  const table = new Uint8Array(256);
  for (const beginning of ['--', 'co', 'Co', 'mi', 'Mi', 'be', 'Be', '=y', '(t']) {
    table[beginning.charCodeAt(0)] = beginning.charCodeAt(1);
  }
  return table;
}
