// Owns putting files that lie one behind another in a stream into a multipart, so that the standard walk
// reads all of them in one pass.
import type { TransferDecoder } from '../transfer-decoding.ts';

export interface BundledFile {
  /** In octets from the beginning of the stream; no two files overlap. */
  readonly start: number;
  readonly end: number;
  readonly header: Buffer;
  createDecoder(): TransferDecoder;
}

const nothing: Buffer = Buffer.alloc(0);

export class FileBundle implements TransferDecoder {
  readonly #files: readonly BundledFile[];
  readonly #boundary: string;
  #position = 0;
  #index = 0;
  #decoder: TransferDecoder | undefined;

  constructor(files: readonly BundledFile[], boundary: string) {
    this.#files = files;
    this.#boundary = boundary;
  }

  push(chunk: Buffer): Buffer {
    const pieces: Buffer[] = [];
    const chunkEnd = this.#position + chunk.length;
    for (let file = this.#files[this.#index]; file !== undefined; file = this.#files[this.#index]) {
      if (file.start >= chunkEnd) break;
      if (this.#decoder === undefined) {
        this.#decoder = file.createDecoder();
        pieces.push(Buffer.from(`--${this.#boundary}\r\n`), file.header);
      }
      const from = Math.max(0, file.start - this.#position);
      const to = Math.min(chunk.length, file.end - this.#position);
      pieces.push(this.#decoder.push(chunk.subarray(from, to)));
      if (file.end > chunkEnd) break;
      pieces.push(...this.#closeFile());
    }
    this.#position = chunkEnd;
    return pieces.length === 0 ? nothing : Buffer.concat(pieces);
  }

  end(): Buffer {
    return Buffer.concat([...this.#closeFile(), Buffer.from(`--${this.#boundary}--\r\n`)]);
  }

  #closeFile(): Buffer[] {
    const decoder = this.#decoder;
    if (decoder === undefined) return [];
    this.#decoder = undefined;
    this.#index += 1;
    return [decoder.end(), Buffer.from('\r\n')];
  }
}
