// Owns the tree of parts with the places where they lie, as the standard walk found it.
import type { MimeEvent, MimePart } from '../mime-walk.ts';
import type { Chunks } from '../open-header.ts';
import { BoundaryCandidates } from './boundary-candidates.ts';
import { LeafProbe } from './leaf-probe.ts';

// A line may have 998 octets (RFC 5322 s.2.1.1), and a boundary has 70.
const maxBoundaryLength = 998;

export interface OutlinedPart {
  readonly part: MimePart;
  readonly parent: OutlinedPart | undefined;
  readonly children: OutlinedPart[];
  /** Every boundary that some reader could go by in it. */
  readonly boundaries: BoundaryCandidates;
  /** Where its content ends. */
  end: number;
  /** What a leaf was found to hold. */
  readonly probe: LeafProbe | undefined;
}

export type Region =
  | { readonly kind: 'header' | 'leaf'; readonly owner: OutlinedPart }
  /** Before the first part of a multipart, between parts, or behind the last one. */
  | { readonly kind: 'gap'; readonly owner: OutlinedPart };

export class Outline {
  /** In the order of the message. */
  readonly parts: OutlinedPart[] = [];
  /** The walk has given up: some structure goes unseen. */
  isCut = false;
  readonly #chunks: Chunks;
  #open: OutlinedPart | undefined;

  constructor(chunks: Chunks = 'passing') {
    this.#chunks = chunks;
  }

  take(events: readonly MimeEvent[]): void {
    for (const event of events) {
      if (event.kind === 'partStarted') this.#start(event.part);
      else if (event.kind === 'partContent') this.#open?.probe?.push(event.bytes);
      else if (event.kind === 'partEnded') this.#endPart(event.end);
      else this.isCut = true;
    }
  }

  get root(): OutlinedPart | undefined {
    return this.parts[0];
  }

  /** What stands at that place, by the innermost part that reaches over it. */
  regionAt(position: number): Region | undefined {
    let owner = this.#lastStartedBefore(position);
    while (owner !== undefined && position >= owner.end) owner = owner.parent;
    if (owner === undefined) return undefined;
    if (position < owner.part.contentStart) return { kind: 'header', owner };
    return { kind: owner.part.isContainer ? 'gap' : 'leaf', owner };
  }

  #start(part: MimePart): void {
    const parent = this.#open;
    const outlined: OutlinedPart = {
      part,
      parent,
      children: [],
      boundaries: new BoundaryCandidates(part.types),
      end: Number.POSITIVE_INFINITY,
      probe: part.isContainer ? undefined : new LeafProbe(part, this.#chunks),
    };
    parent?.children.push(outlined);
    // No line is kept long enough to be compared with such a boundary.
    if (outlined.boundaries.starts.some(({ length }) => length > maxBoundaryLength)) {
      this.isCut = true;
    }
    this.parts.push(outlined);
    this.#open = outlined;
  }

  #endPart(end: number): void {
    const ended = this.#open;
    if (ended === undefined) return;
    ended.end = end;
    ended.probe?.end();
    this.#open = ended.parent;
  }

  #lastStartedBefore(position: number): OutlinedPart | undefined {
    let low = 0;
    let high = this.parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.parts[middle]?.part.start ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return this.parts[low - 1];
  }
}
