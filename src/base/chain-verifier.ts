// Owns whether the lines of a chain are all there, in order and as they were written. It is fed line
// by line, keeps nothing of them, and never reads a file.
import type { ChainHead } from './chain-head.ts';
import {
  type ChainKey,
  type ChainPoint,
  chainStart,
  isSealed,
  type Link,
  readLink,
} from './hash-chain.ts';
import type { OctetLine } from './octet-lines.ts';

export type FlawKind = 'edited' | 'inserted' | 'missing' | 'reordered' | 'torn' | 'truncated';

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The first thing that is wrong. */
export interface Flaw {
  readonly kind: FlawKind;
  /** Undefined when what is wrong is that nothing stands there. */
  readonly at: Place | undefined;
  /** A clause: `lines 7 to 9 are not there`. */
  readonly text: string;
}

/** Worth knowing, but no flaw: the chain itself accounts for it. */
export interface Remark {
  readonly at: Place | undefined;
  readonly text: string;
}

export interface VerifierOptions {
  readonly key: ChainKey | undefined;
  /** Undefined: the chain may go on anywhere behind the last line that is shown. */
  readonly head: ChainHead | undefined;
  /** `part`: the chain may begin at any line, and end before the head. */
  readonly extent: 'whole' | 'part';
}

export class ChainVerifier {
  readonly #options: VerifierOptions;
  readonly remarks: Remark[] = [];
  #lostCheckpoints = 0;
  #last: ChainPoint | undefined;
  #flaw: Flaw | undefined;
  /** Octets since the last link that are no link themselves, and where they begin. */
  #strangeOctets = 0;
  #strangeAt: Place | undefined;
  #isFileStart = true;
  /** Lines are not where they should be; if this one still comes, they are only out of order. */
  #missedSeq: number | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** The last line that was in its place. */
  get last(): ChainPoint | undefined {
    return this.#last;
  }

  /** Whether further lines cannot change the result. */
  get isDecided(): boolean {
    return this.#flaw !== undefined && this.#missedSeq === undefined;
  }

  get isSoundSoFar(): boolean {
    return this.#flaw === undefined;
  }

  /** The lines that follow are of another file. */
  startFile(): void {
    this.#isFileStart = true;
  }

  push(line: OctetLine, at: Place): void {
    if (this.isDecided) return;
    const link = readLink(line.octets);
    if (this.#missedSeq !== undefined) {
      if (link?.seq === this.#missedSeq) this.#decideReordered(at);
      return;
    }
    if (link === undefined) {
      this.#strangeOctets += line.length;
      this.#strangeAt ??= at;
    } else {
      this.#pushLink(link, line.octets, at);
    }
    this.#isFileStart = false;
  }

  /** How often the trail went on without its checkpoint, so that what stood before is not certain. */
  get lostCheckpoints(): number {
    return this.#lostCheckpoints;
  }

  /** Says what is wrong, if anything, once all lines have been pushed. */
  end(): Flaw | undefined {
    if (this.#flaw === undefined) this.#checkEnd();
    return this.#flaw;
  }

  #pushLink(link: Link, octets: Buffer, at: Place): void {
    const flaw = this.#flawOf(link, octets, at);
    if (flaw !== undefined) {
      this.#flaw = flaw;
      return;
    }
    if (link.notes.head !== undefined) {
      this.#lostCheckpoints += 1;
      this.#remark(
        at,
        'there was no checkpoint when the trail was opened here; lines may be missing before it',
      );
    }
    this.#strangeOctets = 0;
    this.#strangeAt = undefined;
    this.#last = { seq: link.seq, hash: link.hash };
  }

  #flawOf(link: Link, octets: Buffer, at: Place): Flaw | undefined {
    if (!isSealed(octets, this.#options.key)) {
      const text = 'its hash does not fit; it was changed, or made with another key';
      return { kind: 'edited', at, text };
    }
    return this.#flawOfStrangeOctets(link, at) ?? this.#flawOfPlace(link, at);
  }

  /** Octets that are no line are accounted for by the line behind them, or should not be there. */
  #flawOfStrangeOctets(link: Link, at: Place): Flaw | undefined {
    const { seq, notes } = link;
    const stated = notes.torn ?? notes.unchained;
    if (stated === undefined && this.#strangeOctets === 0) return undefined;
    if (stated === undefined) {
      const isReplaced = seq > (this.#last ?? this.#beginning(link)).seq + 1;
      return {
        kind: isReplaced ? 'edited' : 'inserted',
        at: this.#strangeAt,
        text: 'this is no line of the trail',
      };
    }
    // In the file where they stand, a line end was put behind them first.
    const expected = this.#isFileStart ? stated : stated + 1;
    if (this.#strangeOctets !== expected) {
      const text = `it tells of ${stated} octets before it that are no line, but other octets stand there`;
      return { kind: 'torn', at, text };
    }
    const what = notes.torn === undefined ? 'from before the trail began' : 'of a torn line';
    this.#remark(this.#strangeAt, `${stated} octets ${what}`);
    return undefined;
  }

  #flawOfPlace(link: Link, at: Place): Flaw | undefined {
    const before = this.#last ?? this.#beginning(link);
    const expected = before.seq + 1;
    if (link.seq > expected) {
      this.#missedSeq = expected;
      return { kind: 'missing', at, text: `before it, ${span(expected, link.seq - 1)} not there` };
    }
    if (link.seq < expected) {
      const text = `a line with the number ${link.seq} has stood before; expected ${expected}`;
      return { kind: 'inserted', at, text };
    }
    if (link.prev !== before.hash) {
      const text = 'it does not follow from the line before, which was changed and hashed again';
      return { kind: 'edited', at, text };
    }
    return this.#flawOfCheckpoint(link, at);
  }

  /** What the first line has to follow from. */
  #beginning(link: Link): ChainPoint {
    const { head, extent } = this.#options;
    if (extent === 'part') return { seq: link.seq - 1, hash: link.prev };
    if (head === undefined || link.seq === 1) return chainStart;
    // Retention may have been cut short, so older files than the checkpoint says may still be there.
    return link.seq - 1 < head.start.seq ? { seq: link.seq - 1, hash: link.prev } : head.start;
  }

  #flawOfCheckpoint(link: Link, at: Place): Flaw | undefined {
    const { head } = this.#options;
    const points = head === undefined ? [] : [head.start, head.last];
    const isForged = points.some(({ seq, hash }) => seq === link.seq && hash !== link.hash);
    if (!isForged) return undefined;
    return { kind: 'edited', at, text: 'it is not the line that the checkpoint knows' };
  }

  #decideReordered(at: Place): void {
    this.#flaw = {
      kind: 'reordered',
      at: this.#flaw?.at,
      text: `it stands before line ${this.#missedSeq}, which comes at ${at.file}:${at.line}`,
    };
    this.#missedSeq = undefined;
  }

  #checkEnd(): void {
    const { head, extent } = this.#options;
    const lastSeq = this.#last?.seq ?? head?.start.seq ?? 0;
    if (head !== undefined && extent === 'whole' && lastSeq < head.last.seq) {
      const text = `${span(lastSeq + 1, head.last.seq)} not there`;
      this.#flaw =
        this.#strangeAt === undefined
          ? { kind: 'truncated', at: undefined, text: `at the end, ${text}` }
          : { kind: 'edited', at: this.#strangeAt, text: `from here on, ${text}` };
      return;
    }
    if (this.#strangeAt !== undefined) {
      this.#remark(this.#strangeAt, `${this.#strangeOctets} octets of a torn line at the end`);
    }
  }

  #remark(at: Place | undefined, text: string): void {
    if (this.remarks.length < maxRemarks) this.remarks.push({ at, text });
  }
}

/** A file with more of them has other problems. */
const maxRemarks = 100;

function span(from: number, to: number): string {
  return from === to ? `line ${from} is` : `lines ${from} to ${to} are`;
}
