// Owns unpacking of a compressed file that is no archive. The library reads archives only, so the file
// is made one: bzip2 and xz files may be joined, and the one in front unpacks to a tar header.
import { type Library, LibraryArchive, type LibraryEntry, type LibraryRead } from './libarchive.ts';

/** A tar header for a file of a terabyte, compressed: what follows is its content. */
const headers = {
  BZh: 'QlpoOTFBWSZTWaB/4rIAACJbwOiAQABXAAAA4AAeQEAABAAgAFRTCaaA0xBonqnqehHqD9QrKZgBus3xzAL3cFp9NiA1EQ5rGa4MN/8kpSnxdyRThQkKB/4rIA==',
  '\xfd7z':
    '/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AH/ACxdADwAM1AYaImDAdzibg/G1ogymODdfb3I5cJm3DiELsDE2xxlOs2+zMrh2sAAAAABQIAEAAAAdPmJ8qgACvwCAAAAAABZWg==',
} as const;

/** The terabyte is never there. */
const endOfContent = /^Truncated (?:tar archive|input file)/;

export class SingleFile {
  readonly #library: Library;
  readonly #octets: Uint8Array;
  readonly #pieceBytes: number;
  #archive: LibraryArchive;
  #pieces = 0;
  #state: 'untouched' | 'reading' | 'ended' = 'untouched';

  /** Throws when it is compressed in another way. */
  constructor(library: Library, octets: Uint8Array, pieceBytes: number) {
    const magic = Buffer.from(octets.subarray(0, 3)).toString('latin1');
    const header = Object.entries(headers).find(([start]) => start === magic)?.[1];
    if (header === undefined) throw new RangeError('a compression that cannot be joined');
    this.#library = library;
    this.#pieceBytes = pieceBytes;
    this.#octets = Buffer.concat([Buffer.from(header, 'base64'), octets]);
    this.#archive = this.#open();
  }

  /** The one file, once. */
  next(): LibraryEntry | Extract<LibraryRead, { kind: 'end' }> {
    if (this.#state !== 'untouched') return { kind: 'end', problem: undefined };
    this.#state = 'reading';
    return { name: undefined, octets: 0, isFolder: false, isEncrypted: false };
  }

  read(): LibraryRead {
    if (this.#state === 'ended') return { kind: 'end', problem: undefined };
    const read = this.#archive.read(this.#pieceBytes);
    if (read.kind === 'data') {
      this.#pieces += 1;
      return read;
    }
    this.#state = 'ended';
    const isEnd = read.problem !== undefined && endOfContent.test(read.problem.reason);
    return isEnd ? { kind: 'data', octets: this.#lastPiece() } : read;
  }

  /** The library drops a piece that is not full. Its octets come one by one at a second reading. */
  #lastPiece(): Uint8Array {
    this.#archive.free();
    this.#archive = this.#open();
    for (let piece = 0; piece < this.#pieces; piece += 1) this.#archive.read(this.#pieceBytes);
    const octets: Uint8Array[] = [];
    for (;;) {
      const read = this.#archive.read(1);
      if (read.kind === 'end') return Buffer.concat(octets);
      octets.push(read.octets);
    }
  }

  #open(): LibraryArchive {
    const archive = new LibraryArchive(this.#library, this.#octets, this.#pieceBytes);
    archive.next();
    return archive;
  }
}
