// Owns the lines of a client: reading them one at a time, with back-pressure on whoever sends faster
// than commands are served.
import type { Socket } from 'node:net';
import { commandLineMaxOctets, saslLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';

/** A client may pipeline this much before its socket is left unread. */
const highWaterOctets = 64 * 1024;

/** SASL responses may be longer than commands. */
export type LineKind = 'command' | 'sasl';

export class ClientInput {
  readonly #socket: Socket;
  readonly #reader = new LineReader(commandLineMaxOctets);
  #isEnded = false;
  #arrived: PromiseWithResolvers<void> | undefined;
  readonly #onData = (chunk: Buffer): void => {
    this.#reader.push(chunk);
    if (this.#reader.pendingOctets > highWaterOctets) this.#socket.pause();
    this.#notify();
  };
  readonly #onEnd = (): void => this.stop();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
  }

  /** Octets received and not yet read as a line. */
  get pendingOctets(): number {
    return this.#reader.pendingOctets;
  }

  /** The next line without its end, where it is there by now. Throws LINE_TOO_LONG. */
  maybeReadLine(kind: LineKind): Buffer | undefined {
    this.#reader.setMaxLineOctets(kind === 'sasl' ? saslLineMaxOctets : commandLineMaxOctets);
    return this.#reader.maybeReadLine();
  }

  /** The next line without its end; undefined when there will be none. Throws LINE_TOO_LONG. */
  async readLine(kind: LineKind): Promise<Buffer | undefined> {
    for (;;) {
      const line = this.maybeReadLine(kind);
      if (line !== undefined) return line;
      if (this.#isEnded) return undefined;
      if (this.#socket.isPaused()) this.#socket.resume();
      this.#arrived = Promise.withResolvers<void>();
      await this.#arrived.promise;
    }
  }

  /** Lines that wait are still read; then there are no more. */
  stop(): void {
    this.#isEnded = true;
    this.#notify();
  }

  /** Lets go of the socket, which goes on under TLS. */
  detach(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
  }

  #notify(): void {
    this.#arrived?.resolve();
    this.#arrived = undefined;
  }
}
