// Owns lists in files, one entry a line: read at the start, and again when they have changed. A file that
// cannot be read then leaves the entries as they were.
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Clock, Logger } from '#plugin-api';
import { parseEntry } from './entry.ts';
import { EntryIndex, keyOf } from './entry-index.ts';
import { type Listed, type ListName, oddsOf } from './listed.ts';

export interface FileOptions {
  readonly path: string;
  readonly list: ListName;
  readonly accounts?: readonly string[] | undefined;
}

const maxOctets = 32 * 1024 * 1024;
/** Each of them is tried on each message. */
const mostPatterns = 1000;
const checkEveryMs = 5000;
const linesInOneGo = 2000;

export class ListFile {
  readonly options: FileOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  #index = new EntryIndex<Listed>([]);
  #version = '';
  #checkedAtMs: number;
  #checking: Promise<void> | undefined;

  private constructor(options: FileOptions, clock: Clock, log: Logger) {
    this.options = options;
    this.#clock = clock;
    this.#log = log;
    this.#checkedAtMs = clock.monotonicMs();
  }

  /** Rejects with a sentence that names file and line. */
  static async open(options: FileOptions, clock: Clock, log: Logger): Promise<ListFile> {
    const file = new ListFile(options, clock, log);
    file.#version = await versionOf(options.path);
    file.#index = await readEntries(options);
    return file;
  }

  /** Those of now, or of at most a few seconds ago. */
  async entries(): Promise<EntryIndex> {
    if (this.#clock.monotonicMs() - this.#checkedAtMs >= checkEveryMs) {
      this.#checking ??= this.#check().finally(() => {
        this.#checking = undefined;
      });
      await this.#checking;
    }
    return this.#index;
  }

  async #check(): Promise<void> {
    this.#checkedAtMs = this.#clock.monotonicMs();
    const { path } = this.options;
    try {
      const version = await versionOf(path);
      if (version === this.#version) return;
      // Whatever comes of it: the same mistake is told once.
      this.#version = version;
      this.#index = await readEntries(this.options);
      this.#log.info({ file: path }, 'the list has changed and was read anew');
    } catch (err) {
      if (this.#version !== unreadable) {
        this.#log.warn(
          { err, file: path },
          'the list cannot be read; its entries stay as they were',
        );
      }
      if (isFileError(err)) this.#version = unreadable;
    }
  }
}

const unreadable = 'unreadable';

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs} ${size} ${ino}`;
}

async function readEntries({ path, list }: FileOptions): Promise<EntryIndex> {
  const { size } = await stat(path);
  if (size > maxOctets) throw new RangeError(`${path} is larger than ${maxOctets} octets`);
  const lines = (await readFile(path, 'utf8')).split('\n');
  const entries: Listed[] = [];
  let patterns = 0;
  for (const [index, line] of lines.entries()) {
    if (index % linesInOneGo === linesInOneGo - 1) await setImmediate();
    const text = withoutComment(line);
    if (text === '') continue;
    try {
      const written = parseEntry(text);
      const logOdds = oddsOf({ list, pattern: written.pattern });
      const entry: Listed = {
        ...written,
        list,
        scope: 'general',
        origin: 'configuration',
        ...(logOdds !== undefined && { logOdds }),
      };
      if (keyOf(entry) === undefined) patterns += 1;
      if (patterns > mostPatterns) {
        throw new SyntaxError(`more than ${mostPatterns} expressions and header fields`);
      }
      entries.push(entry);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SyntaxError(`${path}:${index + 1}: ${reason}`, { cause: error });
    }
  }
  return new EntryIndex(entries);
}

/** A `#` begins a comment at the start of a line or behind a blank: expressions may hold one. */
function withoutComment(line: string): string {
  const text = line.trim();
  if (text.startsWith('#')) return '';
  const at = text.indexOf(' #');
  return at === -1 ? text : text.slice(0, at).trimEnd();
}
