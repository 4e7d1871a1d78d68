// Owns the npm package libarchive-wasm: a library in C that reads many formats, in WebAssembly. It is
// synchronous and trusts the sizes in an archive, so it runs in a thread of its own (unpacking-thread).
import { libarchiveWasm } from 'libarchive-wasm';
import type { UnpackingProblem } from './unpacking.ts';

export interface LibraryEntry {
  readonly name: string | undefined;
  readonly octets: number;
  readonly isFolder: boolean;
  readonly isEncrypted: boolean;
}

export type LibraryRead =
  | { readonly kind: 'data'; readonly octets: Uint8Array }
  | { readonly kind: 'end'; readonly problem: UnpackingProblem | undefined };

/** The functions of the package that are used, in terms of addresses in its memory. */
export interface Library {
  readonly module: {
    readonly HEAPU8: Uint8Array;
    _malloc(octets: number): number;
    _free(address: number): void;
  };
  read_new(): number;
  read_free(archive: number): number;
  read_support_filter_all(archive: number): number;
  read_support_format_all(archive: number): number;
  read_open_memory(archive: number, octets: number, length: number): number;
  read_next_entry(archive: number): number;
  read_data(archive: number, octets: number, length: number): number;
  read_has_encrypted_entries(archive: number): number;
  error_string(archive: number): string;
  entry_filetype(entry: number): number;
  entry_pathname(entry: number): string;
  entry_size(entry: number): number;
  entry_is_encrypted(entry: number): number;
}

const folderType = 0o040000;
// The library answers "no more" and "not this one" alike; it may go on behind an entry with a flaw.
const mostFlawsInARow = 1000;

export class LibraryArchive {
  readonly #library: Library;
  readonly #archive: number;
  readonly #content: number;
  readonly #buffer: number;
  readonly #bufferBytes: number;

  /** Throws when no memory is left, or the octets are in no format that the library knows. */
  constructor(library: Library, octets: Uint8Array, bufferBytes: number) {
    this.#library = library;
    this.#bufferBytes = bufferBytes;
    this.#buffer = this.#allocate(bufferBytes);
    this.#content = this.#allocate(octets.length);
    library.module.HEAPU8.set(octets, this.#content);
    this.#archive = library.read_new();
    library.read_support_filter_all(this.#archive);
    library.read_support_format_all(this.#archive);
    library.read_open_memory(this.#archive, this.#content, octets.length);
  }

  /** A problem is said once no further entry can be had. */
  next(): LibraryEntry | { readonly kind: 'end'; readonly problem: UnpackingProblem | undefined } {
    const library = this.#library;
    let problem: UnpackingProblem | undefined;
    for (let flaws = 0; flaws < mostFlawsInARow; flaws += 1) {
      const entry = library.read_next_entry(this.#archive);
      if (entry !== 0) {
        const name = library.entry_pathname(entry);
        return {
          name: name === '' ? undefined : name,
          octets: library.entry_size(entry) >>> 0,
          isFolder: library.entry_filetype(entry) === folderType,
          isEncrypted: library.entry_is_encrypted(entry) !== 0,
        };
      }
      problem = this.#problem() ?? problem;
      if (problem === undefined) break;
    }
    return { kind: 'end', problem };
  }

  /** The next octets of the current entry. */
  read(octets = this.#bufferBytes): LibraryRead {
    const library = this.#library;
    try {
      const length = library.read_data(this.#archive, this.#buffer, octets);
      if (length <= 0) return { kind: 'end', problem: undefined };
      // A copy: the memory of the library is one piece, which moves when it grows.
      const data = library.module.HEAPU8.slice(this.#buffer, this.#buffer + length);
      return { kind: 'data', octets: data };
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      return { kind: 'end', problem: this.#problem() ?? { kind: 'damaged', reason } };
    }
  }

  free(): void {
    this.#library.read_free(this.#archive);
    for (const address of [this.#content, this.#buffer]) this.#library.module._free(address);
  }

  #problem(): UnpackingProblem | undefined {
    const reason = this.#library.error_string(this.#archive);
    if (reason === '' || reason === '(null)') return undefined;
    const isEncrypted =
      this.#library.read_has_encrypted_entries(this.#archive) === 1 ||
      /encrypt|passphrase/i.test(reason);
    return { kind: isEncrypted ? 'encrypted' : 'damaged', reason };
  }

  #allocate(octets: number): number {
    const address = this.#library.module._malloc(octets);
    if (address === 0) throw new RangeError('out of memory');
    return address;
  }
}

export async function loadLibrary(): Promise<Library> {
  return await libarchiveWasm();
}
