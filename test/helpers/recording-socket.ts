// Owns a stand-in for a client's socket: a test feeds it, sees what is written, and can stop taking it.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class RecordingSocket extends Duplex {
  wasReset = false;
  wasEnded = false;
  #written: Buffer[] = [];
  #isStalled = false;
  #waiting: (() => void) | undefined;
  /** Called with all octets so far, before the writer is told that they were taken. */
  onWritten: (octets: number) => void = () => {};

  /** As much of a socket as proxy/ uses. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  get written(): Buffer {
    return Buffer.concat(this.#written);
  }

  /** From now on nothing written is taken. */
  stall(): void {
    this.#isStalled = true;
  }

  release(): void {
    this.#isStalled = false;
    const go = this.#waiting;
    this.#waiting = undefined;
    go?.();
  }

  resetAndDestroy(): this {
    this.wasReset = true;
    return this.destroy();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#isStalled) {
      this.#waiting = () => this._write(chunk, _encoding, done);
      return;
    }
    this.#written.push(chunk);
    this.onWritten(this.written.length);
    done();
  }

  override _final(done: () => void): void {
    this.wasEnded = true;
    done();
  }
}
