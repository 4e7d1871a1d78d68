// Owns writing lines of the log to an open file. Nothing waits for whoever reads them: what cannot be
// written is dropped, be it that nobody reads any more or that the disk is full.
import { write, writeSync } from 'node:fs';
import type { LineOutput } from './gathered-lines.ts';

/** A reader that stalls must not stall mail: beyond this, lines are dropped. */
const mostWaitingOctets = 8 * 1024 * 1024;
/** For one that takes nothing at the moment: pipes that are standard output do not block in Node. */
const pauseMs = 50;
/** Without any progress: five seconds. */
const mostPausesAtEnd = 100;

export class DescriptorOutput implements LineOutput {
  readonly #descriptor: number;
  #waiting: Buffer[] = [];
  #waitingOctets = 0;
  #isWriting = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(text: string): void {
    const octets = Buffer.from(text);
    if (this.#waitingOctets + octets.length > mostWaitingOctets) return;
    this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    if (!this.#isWriting) this.#writeNext();
  }

  /** When the process ends: writes what is left, and this, before it returns. */
  end(text: string): void {
    let octets = Buffer.concat([this.#takeWaiting(), Buffer.from(text)]);
    let pausesLeft = mostPausesAtEnd;
    while (octets.length > 0) {
      try {
        octets = octets.subarray(writeSync(this.#descriptor, octets));
        pausesLeft = mostPausesAtEnd;
      } catch (error) {
        if (!isBusy(error) || pausesLeft-- === 0) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      }
    }
  }

  #writeNext(): void {
    const octets = this.#takeWaiting();
    this.#isWriting = octets.length > 0;
    if (!this.#isWriting) return;
    write(this.#descriptor, octets, (error, written) => {
      if (error === null) this.#putBack(octets.subarray(written));
      if (!isBusy(error)) return this.#writeNext();
      this.#putBack(octets);
      setTimeout(() => this.#writeNext(), pauseMs).unref();
    });
  }

  #takeWaiting(): Buffer {
    const octets = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingOctets = 0;
    return octets;
  }

  #putBack(octets: Buffer): void {
    if (octets.length === 0) return;
    this.#waiting.unshift(octets);
    this.#waitingOctets += octets.length;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
