// Owns where a trail stands, and what a batch of lines makes of that when it was written whole or in
// part. Pure.
import {
  type ChainHead,
  type ChainKey,
  type ChainPoint,
  chainStart,
  type LinkNotes,
  sealLine,
} from '#plugin-api';

const lineEnd = Buffer.from('\n');

/** Stands for the name of a file that somebody else has moved away. */
export const movedAway = '(moved)';

/** What was found behind the last line that the trail had come to. */
export interface FoundTail {
  readonly last: ChainPoint | undefined;
  /** Where in the file `last` begins. */
  readonly lastAt: number;
  /** Octets behind `last` that are no line. */
  readonly strangeOctets: number;
  /** `last` is complete but for its line end. */
  readonly lacksLineEnd: boolean;
}

export interface SealedBatch {
  readonly octets: Buffer;
  readonly leadOctets: number;
  readonly lines: readonly { readonly octets: number; readonly point: ChainPoint }[];
}

export class ChainPosition {
  last: ChainPoint;
  /** The line before the oldest one that is kept. */
  start: ChainPoint;
  rotations: number;
  sinceMs: number;
  #lastAt = 0;
  #strangeOctets = 0;
  #lacksLineEnd = false;
  #isFileStart = false;
  #after: string | undefined;
  #isHeadMissing: boolean;

  /** `head` undefined: the trail begins, or its checkpoint was lost. */
  constructor(head: ChainHead | undefined, nowMs: number) {
    this.last = head?.last ?? chainStart;
    this.start = head?.start ?? chainStart;
    this.rotations = head?.rotations ?? 0;
    this.sinceMs = head?.sinceMs ?? nowMs;
    this.#isHeadMissing = head === undefined;
  }

  /** Takes in what stands in the file already. */
  goOn(tail: FoundTail): void {
    this.#isFileStart = false;
    if (tail.last !== undefined && tail.last.seq >= this.last.seq) {
      this.last = tail.last;
      this.#lastAt = tail.lastAt;
    }
    this.#strangeOctets += tail.strangeOctets;
    this.#lacksLineEnd = tail.lacksLineEnd;
  }

  /** The next line will be the first of a file. */
  startFile(after: string, nowMs: number): void {
    this.#after = after;
    this.#isFileStart = true;
    this.#lacksLineEnd = false;
    this.#lastAt = 0;
    this.sinceMs = nowMs;
  }

  /** The lines as they would stand in the file. Nothing changes before `advance`. */
  seal(records: readonly string[], key: ChainKey | undefined): SealedBatch {
    const octets: Buffer[] = this.#needsLead ? [lineEnd] : [];
    const leadOctets = octets.length * lineEnd.length;
    const lines: { octets: number; point: ChainPoint }[] = [];
    let previous = this.last;
    let notes = this.#notes();
    for (const record of records) {
      const line = sealLine(previous, notes, record, key);
      octets.push(line.octets);
      lines.push({ octets: line.octets.length, point: line.point });
      previous = line.point;
      notes = {};
    }
    return { octets: Buffer.concat(octets), leadOctets, lines };
  }

  /** The first octets of a batch are in the file, from this place on; the others are not. */
  advance(batch: SealedBatch, writtenOctets: number, startAt: number): void {
    if (writtenOctets === 0) return;
    let rest = writtenOctets - batch.leadOctets;
    let at = startAt + batch.leadOctets;
    if (batch.leadOctets > 0 && this.#strangeOctets > 0) this.#strangeOctets += batch.leadOctets;
    this.#lacksLineEnd = false;
    this.#isFileStart = false;
    for (const { octets, point } of batch.lines) {
      if (rest < octets - lineEnd.length) break;
      this.last = point;
      this.#lastAt = at;
      this.#strangeOctets = 0;
      this.#lacksLineEnd = rest < octets;
      this.#after = undefined;
      this.#isHeadMissing = false;
      rest = Math.max(0, rest - octets);
      at += octets;
    }
    this.#strangeOctets += rest;
  }

  toHead(): ChainHead {
    const { last, start, rotations, sinceMs } = this;
    return { last, start, lastAt: this.#lastAt, rotations, sinceMs };
  }

  get #needsLead(): boolean {
    return !this.#isFileStart && (this.#strangeOctets > 0 || this.#lacksLineEnd);
  }

  #notes(): LinkNotes {
    const isBeginning = this.last.seq === 0;
    const strange =
      this.#strangeOctets === 0
        ? {}
        : { [isBeginning ? 'unchained' : 'torn']: this.#strangeOctets };
    return {
      ...strange,
      ...(this.#after === undefined ? {} : { after: this.#after }),
      ...(this.#isHeadMissing && !isBeginning ? { head: 'missing' } : {}),
    };
  }
}
