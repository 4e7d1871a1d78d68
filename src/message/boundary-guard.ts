// Owns the search for lines that would part a message where it must not be parted. Pure.

/**
 * Finds lines that begin with one of many boundaries. What begins so counts, even with more behind it:
 * RFC 2046 s.5.1.1 lets readers compare no further than the boundary.
 */
export class BoundaryGuard {
  readonly #boundaries = new Set<string>();
  readonly #lengths = new Set<number>();

  constructor(boundaries: Iterable<Buffer>) {
    for (const boundary of boundaries) {
      this.#boundaries.add(boundary.toString('latin1'));
      this.#lengths.add(boundary.length);
    }
  }

  /** Looked up by length, so that a message of a thousand boundaries costs no thousand searches. */
  isHit(octets: Buffer): boolean {
    if (this.#boundaries.size === 0) return false;
    let at = octets.indexOf('--', 0, 'latin1') === 0 ? 0 : findLine(octets, 0);
    while (at !== -1) {
      const text = at + 2;
      const lineEnd = octets.indexOf(0x0a, text);
      const room = (lineEnd === -1 ? octets.length : lineEnd) - text;
      for (const length of this.#lengths) {
        if (length > room) continue;
        if (this.#boundaries.has(octets.toString('latin1', text, text + length))) return true;
      }
      at = findLine(octets, at);
    }
    return false;
  }
}

function findLine(octets: Buffer, from: number): number {
  const found = octets.indexOf('\n--', from, 'latin1');
  return found === -1 ? -1 : found + 1;
}

/** Whether octets that come in chunks hold `wanted` anywhere; the chunks may cut it. */
export class OctetSearch {
  readonly #wanted: Buffer;
  #tail: Buffer = Buffer.alloc(0);
  #isFound = false;

  constructor(wanted: Buffer) {
    this.#wanted = wanted;
  }

  get isFound(): boolean {
    return this.#isFound;
  }

  push(chunk: Buffer): void {
    if (this.#isFound) return;
    const overlap = this.#wanted.length - 1;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, overlap)]);
    this.#isFound = seam.includes(this.#wanted) || chunk.includes(this.#wanted);
    const end = chunk.length >= overlap ? chunk : seam;
    this.#tail = Buffer.from(end.subarray(Math.max(0, end.length - overlap)));
  }
}
