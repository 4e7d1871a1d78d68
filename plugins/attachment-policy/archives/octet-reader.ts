// Owns reading a stream in portions of a known length.

export class OctetReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Octets that have been read. */
  get position(): number {
    return this.#position;
  }

  /** Fewer octets only at the end of the stream. */
  async take(octets: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(octets)) pieces.push(piece);
    const [first] = pieces;
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
  }

  /** The next so many octets. What the caller leaves of them is left in the stream. */
  async *pieces(octets: number): AsyncGenerator<Buffer, void, void> {
    let left = octets;
    while (left > 0) {
      const piece = this.#rest.length > 0 ? this.#rest : await this.#pull();
      if (piece === undefined) return;
      const given = piece.subarray(0, left);
      this.#rest = piece.subarray(given.length);
      this.#position += given.length;
      left -= given.length;
      yield given;
    }
  }

  /** False when the stream ends before that. */
  async skipTo(position: number): Promise<boolean> {
    for await (const _ of this.pieces(position - this.#position));
    return this.#position >= position;
  }

  async #pull(): Promise<Buffer | undefined> {
    const { done, value } = await this.#source.next();
    return done === true ? undefined : value;
  }
}
