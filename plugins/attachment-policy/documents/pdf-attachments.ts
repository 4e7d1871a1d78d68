// Owns the files in a PDF document: which streams they are, by their type or by who refers to them, and
// their names. It opens nothing.
import type { Work } from '../work.ts';
import { windows } from './pdf-names.ts';
import { findStream, type PdfStream } from './pdf-stream.ts';

export interface PdfAttachment {
  readonly names: readonly string[];
  readonly stream: PdfStream;
}

/** Much more than the few keys of a file specification. */
const searchedLength = 500;
const mostOccurrences = 10;

/** Gathers while the names of the document are gone through. */
export class PdfAttachments {
  readonly #places = new Set<number>();
  /** `12 0`, with the names that the file specification gives it. */
  readonly #objects = new Map<string, Set<string>>();

  /** The stream says of itself that it is a file. */
  addStream(at: number): void {
    this.#places.add(at);
  }

  /** ISO 32000-1 s.7.11.3: the key EF of a file specification, which needs no type, nor does the stream. */
  addSpecification(text: string, at: number): void {
    const references =
      /^\/[^\s<]{1,10}\s*<<([^>]{0,300})/.exec(text.slice(at, at + 400))?.[1] ?? '';
    const names = namesIn(text.slice(Math.max(0, at - searchedLength), at + searchedLength));
    for (const [, number, generation] of references.matchAll(/(\d+)\s+(\d+)\s+R\b/g)) {
      const object = objectKey(number, generation);
      const known = this.#objects.get(object) ?? new Set();
      for (const name of names) known.add(name);
      this.#objects.set(object, known);
    }
  }

  /** Each stream once; undefined for a file that cannot be found. */
  async *all(pdf: Buffer, work: Work): AsyncGenerator<PdfAttachment | undefined, void, void> {
    const seen = new Set<number>();
    const places = await this.#placesOfObjects(pdf, work);
    for (const [object, names] of this.#objects) {
      const found = places.get(object) ?? [];
      if (found.length === 0) yield undefined;
      for (const place of found) yield* attachmentAt(pdf, place, [...names], seen);
    }
    for (const place of this.#places) yield* attachmentAt(pdf, place, [], seen);
  }

  /** An object may be there again in an update, and the last one counts. */
  async #placesOfObjects(pdf: Buffer, work: Work): Promise<ReadonlyMap<string, number[]>> {
    const places = new Map<string, number[]>();
    if (this.#objects.size === 0) return places;
    for (const { text, at } of windows(pdf, windowBytes)) {
      for (const { 0: all, 1: number, 2: generation, index } of text.matchAll(objectHeader)) {
        const object = objectKey(number, generation);
        if (!this.#objects.has(object)) continue;
        const known = places.get(object) ?? [];
        known.splice(0, known.length - mostOccurrences + 1);
        known.push(at + index + all.length);
        places.set(object, known);
      }
      await work.breathe();
    }
    return places;
  }
}

const windowBytes = 1024 * 1024;
const objectHeader = /\b0{0,9}(\d{1,10})\s{1,5}0{0,4}(\d{1,5})\s{1,5}obj\b/g;

function objectKey(number = '', generation = ''): string {
  return `${Number(number)} ${Number(generation)}`;
}

function* attachmentAt(
  pdf: Buffer,
  at: number,
  names: readonly string[],
  seen: Set<number>,
): Generator<PdfAttachment | undefined, void, void> {
  const stream = findStream(pdf, at);
  if (stream === undefined) yield undefined;
  else if (!seen.has(stream.start)) {
    seen.add(stream.start);
    yield { names, stream };
  }
}

/** Of the keys F and UF. */
function namesIn(text: string): string[] {
  const strings = text.matchAll(
    /\/U?F\s{0,20}(?:\(((?:\\[\s\S]|[^()\\]){1,512})\)|<([0-9a-f\s]{2,2048})>)/gi,
  );
  const names: string[] = [];
  for (const [, literal, hex] of strings) {
    const octets =
      literal === undefined
        ? Buffer.from((hex ?? '').replaceAll(/\s/g, ''), 'hex')
        : Buffer.from(unescaped(literal), 'latin1');
    names.push(textOf(octets));
  }
  return names.filter((name) => name !== '');
}

/** ISO 32000-1 s.7.3.4.2. */
function unescaped(literal: string): string {
  return literal.replaceAll(/\\(?:([0-7]{1,3})|(\r\n|[\s\S]))/g, (_all, octal, other) =>
    octal === undefined ? other : String.fromCharCode(Number.parseInt(octal, 8) & 255),
  );
}

function textOf(octets: Buffer): string {
  const isWide = octets[0] === 0xfe && octets[1] === 0xff;
  return isWide ? new TextDecoder('utf-16be').decode(octets) : octets.toString('latin1');
}
