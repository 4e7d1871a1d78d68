// Owns octets in the order of their arrival. Small pieces are joined, so that neither a slow sender
// nor a message full of dots costs an object for each of its octets.

const joinedMaxBytes = 4096;

export class JoinedPieces {
  #pieces: Buffer[] = [];
  /** Where the last piece lies, when there is room behind it. */
  #block: Buffer | undefined;

  get length(): number {
    return this.#pieces.length;
  }

  /** A piece; the last one may still grow, but its octets never change. */
  at(index: number): Buffer | undefined {
    return this.#pieces[index];
  }

  get all(): readonly Buffer[] {
    return this.#pieces;
  }

  push(content: Buffer): void {
    const last = this.#pieces.at(-1);
    const length = (last?.length ?? 0) + content.length;
    if (last === undefined || length > joinedMaxBytes) {
      this.#pieces.push(content);
      this.#block = undefined;
      return;
    }
    if (this.#block === undefined || this.#block.length < length) {
      // Twice the need: each octet is moved a bounded number of times.
      this.#block = Buffer.allocUnsafe(Math.min(2 * length, joinedMaxBytes));
      last.copy(this.#block);
    }
    content.copy(this.#block, last.length);
    this.#pieces[this.#pieces.length - 1] = this.#block.subarray(0, length);
  }

  /** Hands over all pieces. */
  takeAll(): Buffer[] {
    const taken = this.#pieces;
    this.#pieces = [];
    this.#block = undefined;
    return taken;
  }
}
