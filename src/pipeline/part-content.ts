// Owns how a plugin reads the content of one part: a look at its head, then all of it, once.
import type { MessagePart } from '../plugin-api/message-view.ts';

export class PartContent implements Pick<MessagePart, 'head' | 'content'> {
  readonly #decoded: AsyncGenerator<Buffer, void, void>;
  /** What `head` has read and `content` has not given yet. */
  readonly #held: Buffer[] = [];

  constructor(decoded: AsyncGenerator<Buffer, void, void>) {
    this.#decoded = decoded;
  }

  async head(maxBytes: number): Promise<Buffer> {
    let octets = this.#held.reduce((sum, piece) => sum + piece.length, 0);
    while (octets < maxBytes) {
      const piece = await this.#decoded.next();
      if (piece.done === true) break;
      this.#held.push(piece.value);
      octets += piece.value.length;
    }
    return Buffer.concat(this.#held).subarray(0, maxBytes);
  }

  async *content(): AsyncGenerator<Buffer, void, void> {
    yield* this.#held.splice(0);
    yield* this.#decoded;
  }
}
