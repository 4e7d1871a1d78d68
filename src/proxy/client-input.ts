// Owns the lines of a client: reading them one at a time, with back-pressure on whoever sends faster
// than commands are served.
import type { Socket } from 'node:net';
import { commandLineMaxOctets, saslLineMaxOctets } from '../pop3/limits.ts';
import { LineReader } from '../pop3/line-reader.ts';
import { type Foreign, foreignLine, foreignOctets, notPop3 } from './foreign-talk.ts';

/** A client may pipeline this much before its socket is left unread. */
const highWaterOctets = 64 * 1024;

/** SASL responses may be longer than commands. */
export type LineKind = 'command' | 'sasl';

export class ClientInput {
  readonly #socket: Socket;
  readonly #reader = new LineReader(commandLineMaxOctets);
  #isEnded = false;
  /** Of the first octets, and then of the first line, it is looked whether they can be POP3. */
  #begun: 'not yet' | 'octets' | 'line' = 'not yet';
  #foreign: Foreign | undefined;
  #waiting: Waiting | undefined;
  readonly #onData = (chunk: Buffer): void => {
    if (this.#begun === 'not yet') {
      this.#begun = 'octets';
      this.#foreign = foreignOctets(chunk);
    }
    this.#reader.push(chunk);
    if (this.#reader.pendingOctets > highWaterOctets) this.#socket.pause();
    this.#serve();
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

  /** The next line without its end, where it is there by now. Throws LINE_TOO_LONG, NOT_POP3. */
  maybeReadLine(kind: LineKind): Buffer | undefined {
    this.#reader.setMaxLineOctets(kind === 'sasl' ? saslLineMaxOctets : commandLineMaxOctets);
    if (this.#foreign !== undefined) throw notPop3(this.#foreign);
    const line = this.#reader.maybeReadLine();
    if (line !== undefined && this.#begun !== 'line') this.#begin(line);
    return line;
  }

  /** The next line without its end; undefined when there will be none. Rejects with LINE_TOO_LONG, NOT_POP3. */
  readLine(kind: LineKind): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting = { kind, resolve, reject };
      this.#serve();
    });
  }

  /** Lines that wait are still read; then there are no more. */
  stop(): void {
    this.#isEnded = true;
    this.#serve();
  }

  /** Lets go of the socket, which goes on under TLS. */
  detach(): void {
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
  }

  #begin(line: Buffer): void {
    this.#begun = 'line';
    this.#foreign = foreignLine(line);
    if (this.#foreign !== undefined) throw notPop3(this.#foreign);
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    try {
      const line = this.maybeReadLine(waiting.kind);
      if (line === undefined && !this.#isEnded) {
        if (this.#socket.isPaused()) this.#socket.resume();
        return;
      }
      this.#waiting = undefined;
      waiting.resolve(line);
    } catch (error) {
      this.#waiting = undefined;
      waiting.reject(error);
    }
  }
}

interface Waiting {
  readonly kind: LineKind;
  resolve(line: Buffer | undefined): void;
  reject(error: unknown): void;
}
