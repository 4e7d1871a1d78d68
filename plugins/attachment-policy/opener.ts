// Owns the contract of what looks into a kind of file: an archive, a document, a web page.
import type { ExaminedFile, InnerFile } from './examined-file.ts';
import type { Trait } from './trait.ts';
import type { Work } from './work.ts';

/** What an opener is given beside the file. */
export interface Opening {
  readonly work: Work;
  /**
   * Adds a trait of the file that is opened. A rule that stops the file for what is noted before the
   * first file is yielded ends the look into it.
   */
  note(trait: Trait, detail?: string): void;
  /** Refines what the file is: a zip archive turns out as `docx`. */
  settle(type: string): void;
  /**
   * The file in one piece. Throws StopError when it is larger than that, or than the limit, and so
   * ends the look into it.
   */
  whole(maxBytes?: number): Promise<Buffer>;
}

/**
 * Yields the files in this one, each to be read before the next is asked for. Throws StopError with
 * the trait that follows when it cannot go on; any other error means that the file is damaged.
 */
export type Opener = (
  file: ExaminedFile,
  opening: Opening,
) => AsyncGenerator<InnerFile, void, void>;

const noFiles: readonly InnerFile[] = [];

/** Looks into a kind of file that holds no others. */
export function inspector(look: (opening: Opening) => Promise<void>): Opener {
  return async function* (_file, opening) {
    await look(opening);
    yield* noFiles;
  };
}
