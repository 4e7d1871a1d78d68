// Owns messages that are made of other messages: parts of them and new octets in a row, or each octet
// exchanged. They are made anew whenever they are read; nothing of them is held.
import { lengthOf, type Segment } from '../message/segments.ts';

/** The octets of one message, to be read as often as wanted. */
export interface MessageOctets {
  /** How many there are so far. */
  readonly octets: number;
  /** Resolves when that many are there, or all. */
  until(octets: number): Promise<void>;
  read(from?: number): AsyncIterable<Buffer>;
  /** All of them, where they are there and lie in memory. */
  readonly whole?: readonly Buffer[] | undefined;
}

/** All of `from` must be there. */
export class ComposedOctets implements MessageOctets {
  readonly #from: MessageOctets;
  readonly #segments: readonly Segment[];
  readonly octets: number;

  constructor(from: MessageOctets, segments: readonly Segment[]) {
    this.#from = from;
    this.#segments = segments;
    this.octets = lengthOf(segments);
  }

  async until(): Promise<void> {}

  read(from = 0): AsyncIterable<Buffer> {
    return readSegments(this.#from, behind(this.#segments, from));
  }
}

/** All of `from` must be there. Every octet is the one that `table` has in its place. */
export class MappedOctets implements MessageOctets {
  readonly #from: MessageOctets;
  readonly #table: Uint8Array;
  readonly octets: number;

  constructor(from: MessageOctets, table: Uint8Array) {
    this.#from = from;
    this.#table = table;
    this.octets = from.octets;
  }

  async until(): Promise<void> {}

  async *read(from = 0): AsyncGenerator<Buffer, void, void> {
    for await (const piece of this.#from.read(from)) {
      const mapped = Buffer.allocUnsafe(piece.length);
      for (let at = 0; at < piece.length; at += 1) mapped[at] = this.#table[piece[at] ?? 0] ?? 0;
      yield mapped;
    }
  }
}

/** What is left of the segments without their first octets. */
function behind(segments: readonly Segment[], octets: number): readonly Segment[] {
  let skip = octets;
  return segments.flatMap((segment): Segment[] => {
    const length = lengthOf([segment]);
    const skipped = Math.min(skip, length);
    skip -= skipped;
    if (skipped === 0) return [segment];
    if (skipped === length) return [];
    return segment.kind === 'range'
      ? [{ ...segment, start: segment.start + skipped }]
      : [{ ...segment, octets: segment.octets.subarray(skipped) }];
  });
}

export async function* readSegments(
  from: Pick<MessageOctets, 'read'>,
  segments: readonly Segment[],
): AsyncGenerator<Buffer, void, void> {
  for (const segment of segments) {
    if (segment.kind === 'octets') {
      yield segment.octets;
      continue;
    }
    let missing = segment.end - segment.start;
    if (missing === 0) continue;
    for await (const piece of from.read(segment.start)) {
      yield piece.length > missing ? piece.subarray(0, missing) : piece;
      missing -= piece.length;
      if (missing <= 0) break;
    }
  }
}

/** The same octets, where those that the segments are ranges of lie in memory. */
export function segmentsInMemory(
  from: readonly Buffer[],
  segments: readonly Segment[],
): readonly Buffer[] {
  return segments.flatMap((segment) =>
    segment.kind === 'octets' ? [segment.octets] : stretchOf(from, segment.start, segment.end),
  );
}

function stretchOf(pieces: readonly Buffer[], start: number, end: number): Buffer[] {
  const stretch: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    if (at >= end) break;
    if (at + piece.length > start) {
      stretch.push(piece.subarray(Math.max(0, start - at), end - at));
    }
    at += piece.length;
  }
  return stretch;
}
