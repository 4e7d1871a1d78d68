// Owns the octets of other readings: each is made from a stretch of the octets it was found in, as often
// as it is asked for, and nothing is kept.
import { createHash } from 'node:crypto';
import type { Reading } from '../message/readings/reading.ts';
import { createStages } from '../message/readings/stage.ts';

export interface OctetSource {
  /** From `start` up to `end`. */
  read(start: number, end: number, meter: Meter): AsyncIterable<Buffer>;
  /** Names the octets: two sources with the same key give the same. */
  keyOf(start: number, end: number): string;
}

/** Is told of every octet that is worked on, and may end the work by throwing. */
export interface Meter {
  count(octets: number): void;
}

export const unmetered: Meter = { count() {} };

/** The message itself, which may still be arriving. */
export class MessageSource implements OctetSource {
  readonly #readFrom: (start: number) => AsyncIterable<Buffer>;

  constructor(readFrom: (start: number) => AsyncIterable<Buffer>) {
    this.#readFrom = readFrom;
  }

  async *read(start: number, end: number, meter: Meter): AsyncGenerator<Buffer, void, void> {
    for await (const piece of cut(this.#readFrom(start), end - start)) {
      meter.count(piece.length);
      yield piece;
    }
  }

  keyOf(start: number, end: number): string {
    return `${start}-${end}`;
  }
}

export class ReadingSource implements OctetSource {
  readonly #from: OctetSource;
  readonly #reading: Reading;

  constructor(from: OctetSource, reading: Reading) {
    this.#from = from;
    this.#reading = reading;
  }

  async *read(start: number, end: number, meter: Meter): AsyncGenerator<Buffer, void, void> {
    let skipped = 0;
    for await (const piece of cut(this.#all(meter), end)) {
      const from = Math.max(0, Math.min(piece.length, start - skipped));
      skipped += from;
      if (from < piece.length) yield from === 0 ? piece : piece.subarray(from);
    }
  }

  /** Octets that no step changes are those of the source, under another header. */
  keyOf(start: number, end: number): string {
    const { header, stages } = this.#reading;
    if (stages.length > 0 || start < header.length) return `${this.key}[${start}-${end}]`;
    const shift = this.#reading.start - header.length;
    return this.#from.keyOf(start + shift, Math.min(end + shift, this.#reading.end));
  }

  get key(): string {
    const { header, start, end, stages } = this.#reading;
    const origin = this.#from.keyOf(start, end);
    const hash = createHash('sha1').update(JSON.stringify([origin, stages]));
    return hash.update(header).digest('base64');
  }

  async *#all(meter: Meter): AsyncGenerator<Buffer, void, void> {
    const { header, start, end, stages } = this.#reading;
    if (header.length > 0) yield header;
    const steps = createStages(stages);
    let taken = 0;
    let made = 0;
    for await (const piece of this.#from.read(start, end, meter)) {
      const octets = steps.push(piece);
      taken += piece.length;
      made += octets.length;
      // What grows in the making is work as well.
      if (made > taken) meter.count(made - taken);
      taken = Math.max(taken, made);
      if (octets.length > 0) yield octets;
    }
    const rest = steps.end();
    if (rest.length > 0) yield rest;
  }
}

async function* cut(
  pieces: AsyncIterable<Buffer>,
  octets: number,
): AsyncGenerator<Buffer, void, void> {
  let left = octets;
  if (left <= 0) return;
  for await (const piece of pieces) {
    yield piece.length > left ? piece.subarray(0, left) : piece;
    left -= piece.length;
    if (left <= 0) return;
  }
}
