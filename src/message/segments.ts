// Owns octets put together from ranges of an original and octets that are new. It reads no original.

export type Segment =
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'octets'; readonly octets: Buffer };

export function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segmentLength(segment), 0);
}

function segmentLength(segment: Segment): number {
  return segment.kind === 'range' ? segment.end - segment.start : segment.octets.length;
}

/** Ranges that touch become one. */
export class SegmentList {
  readonly #segments: Segment[] = [];

  range(start: number, end: number): void {
    if (start === end) return;
    const last = this.#segments.at(-1);
    if (last?.kind === 'range' && last.end === start) {
      this.#segments[this.#segments.length - 1] = { kind: 'range', start: last.start, end };
    } else {
      this.#segments.push({ kind: 'range', start, end });
    }
  }

  octets(octets: Buffer): void {
    if (octets.length > 0) this.#segments.push({ kind: 'octets', octets });
  }

  /** True when what comes next in the original would continue what is here. */
  endsAt(offset: number): boolean {
    const last = this.#segments.at(-1);
    return last?.kind === 'range' && last.end === offset;
  }

  /** New octets that end in the middle of a line. */
  get endsInNewLine(): boolean {
    const last = this.#segments.at(-1);
    return last?.kind === 'octets' && last.octets.at(-1) !== 0x0a;
  }

  all(): readonly Segment[] {
    return this.#segments;
  }
}
