// Owns what can be read of a file that is examined, whether it is a part of the message or lies in
// another file. It judges nothing.
import type { MessagePart } from '#plugin-api';
import type { Work } from './work.ts';

export interface ExaminedFile {
  readonly names: readonly string[];
  readonly declaredType: string | undefined;
  /** Where that is known beforehand; a claim of whoever packed it. */
  readonly claimedOctets: number | undefined;
  /** Of its content, as far as that has been read. */
  readonly readOctets: number;
  /** The first octets, at most `maxBytes`; all of them if the file is shorter. */
  head(maxBytes: number): Promise<Buffer>;
  /** The whole of it, once, also behind `head`. */
  content(): AsyncIterable<Buffer>;
}

/** A leaf of the message. */
export class PartFile implements ExaminedFile {
  readonly names: readonly string[];
  readonly declaredType: string | undefined;
  readonly claimedOctets = undefined;
  readonly #part: MessagePart;
  readonly #work: Work;
  #readOctets = 0;

  constructor(part: MessagePart, work: Work) {
    this.names = part.fileNames;
    this.declaredType = part.contentType;
    this.#part = part;
    this.#work = work;
  }

  get readOctets(): number {
    return this.#readOctets;
  }

  head(maxBytes: number): Promise<Buffer> {
    return this.#part.head(maxBytes);
  }

  async *content(): AsyncGenerator<Buffer, void, void> {
    try {
      for await (const piece of this.#part.content()) {
        this.#readOctets += piece.length;
        this.#work.countPacked(piece.length);
        yield piece;
      }
    } catch (error) {
      this.#work.fail(error);
      throw error;
    }
  }
}

/**
 * A file in a file. What is read of it counts as work. Of one that is damaged, what comes before the
 * damage is its content.
 */
export class InnerFile implements ExaminedFile {
  readonly names: readonly string[];
  readonly declaredType: string | undefined;
  readonly claimedOctets: number | undefined;
  readonly #extent: 'claimed' | 'unknown';
  readonly #source: AsyncIterator<Buffer>;
  readonly #work: Work;
  readonly #held: Buffer[] = [];
  #isDamaged = false;
  #readOctets = 0;

  constructor(
    about: {
      readonly names: readonly string[];
      readonly declaredType?: string;
      readonly claimedOctets?: number;
      /** `unknown`: nothing says how long it is, and only reading to its end can tell. */
      readonly extent?: 'claimed' | 'unknown';
    },
    content: AsyncIterable<Buffer>,
    work: Work,
  ) {
    this.names = about.names;
    this.declaredType = about.declaredType;
    this.claimedOctets = about.claimedOctets;
    this.#extent = about.extent ?? 'claimed';
    this.#source = content[Symbol.asyncIterator]();
    this.#work = work;
  }

  get readOctets(): number {
    return this.#readOctets;
  }

  /** As far as it has been read. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  async head(maxBytes: number): Promise<Buffer> {
    let octets = this.#held.reduce((sum, piece) => sum + piece.length, 0);
    while (octets < maxBytes) {
      const piece = await this.#next();
      if (piece === undefined) break;
      this.#held.push(piece);
      octets += piece.length;
    }
    return Buffer.concat(this.#held).subarray(0, maxBytes);
  }

  async *content(): AsyncGenerator<Buffer, void, void> {
    yield* this.#held.splice(0);
    for (;;) {
      const piece = await this.#next();
      if (piece === undefined) return;
      yield piece;
    }
  }

  /** Reads on where the length counts and is not known. Throws StopError when it is too much. */
  async finish(): Promise<void> {
    if (this.#extent === 'unknown') for await (const _ of this.content());
  }

  /** Ends the reading, and frees what it took. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#isDamaged) return undefined;
    try {
      const { done, value } = await this.#source.next();
      if (done === true) return undefined;
      this.#readOctets += value.length;
      this.#work.countInflated(value.length);
      await this.#work.breathe();
      return value;
    } catch (error) {
      const stop = this.#work.stopReason(error);
      if (stop !== undefined) throw stop;
      this.#isDamaged = true;
      return undefined;
    }
  }
}

const smallestBuffer = 64 * 1024;

/** Undefined when it is longer than that. What comes in one piece is that piece. */
export async function readWhole(
  content: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  let whole: Buffer = Buffer.alloc(0);
  let octets = 0;
  for await (const piece of content) {
    const needed = octets + piece.length;
    if (needed > maxBytes) return undefined;
    if (octets === 0) {
      whole = piece;
    } else {
      if (needed > whole.length) whole = widened(whole.subarray(0, octets), needed, maxBytes);
      piece.copy(whole, octets);
    }
    octets = needed;
  }
  return whole.subarray(0, octets);
}

/** The same octets with room for as many more. */
function widened(octets: Buffer, needed: number, maxBytes: number): Buffer {
  const wished = Math.max(needed, octets.length * 2, smallestBuffer);
  const wider = Buffer.allocUnsafeSlow(Math.min(maxBytes, wished));
  octets.copy(wider);
  return wider;
}
