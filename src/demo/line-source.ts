// Owns reading of a socket in lines and pieces for the demo's own server and client. It interprets
// nothing and writes nothing.
import type { Socket } from 'node:net';

const maxLineOctets = 65_536;

/** Reads a socket on demand, and lets go of it without closing it. */
export class LineSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #pending: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket.iterator({ destroyOnReturn: false });
  }

  /** Octets that have arrived and were not asked for yet. */
  get pendingOctets(): number {
    return this.#pending.length;
  }

  /** The next line without its line end; undefined when the peer has ended. */
  async readLine(): Promise<string | undefined> {
    for (;;) {
      const end = this.#pending.indexOf('\n');
      if (end !== -1) {
        const line = this.#pending.subarray(0, end).toString('latin1');
        this.#pending = this.#pending.subarray(end + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (this.#pending.length > maxLineOctets) throw new RangeError('line too long');
      const chunk = await this.#readMore();
      if (chunk === undefined) return undefined;
      this.#pending = Buffer.concat([this.#pending, chunk]);
    }
  }

  /** Whatever comes next; undefined when the peer has ended. */
  async readPiece(): Promise<Buffer | undefined> {
    if (this.#pending.length === 0) return await this.#readMore();
    const piece = this.#pending;
    this.#pending = Buffer.alloc(0);
    return piece;
  }

  /** Gives octets back that belong to what is read next. */
  unread(octets: Buffer): void {
    this.#pending = Buffer.concat([octets, this.#pending]);
  }

  /** Stops reading, so that TLS can take over the socket. */
  async release(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #readMore(): Promise<Buffer | undefined> {
    const next = await this.#chunks.next();
    return next.done === true ? undefined : next.value;
  }
}
