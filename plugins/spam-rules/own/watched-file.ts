// Owns a file of rules while the proxy runs: it is read anew when it has changed. A version that is wrong
// is told of and not used.
import { stat } from 'node:fs/promises';
import type { Clock, Logger } from '#plugin-api';

export interface WatchedFileOptions<T> {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  load(path: string): Promise<T>;
}

/** Between two looks at the file. */
const lookEveryMs = 5000;

export class WatchedFile<T> {
  readonly #options: WatchedFileOptions<T>;
  #content: T;
  #seen: string;
  #lookedMs: number;
  #looking: Promise<void> | undefined;

  private constructor(options: WatchedFileOptions<T>, content: T, seen: string) {
    this.#options = options;
    this.#content = content;
    this.#seen = seen;
    this.#lookedMs = options.clock.monotonicMs();
  }

  /** Rejects when the file is wrong. */
  static async open<T>(options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
    const seen = await stateOf(options.path);
    return new WatchedFile(options, await options.load(options.path), seen);
  }

  async current(): Promise<T> {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedMs >= lookEveryMs) {
      this.#lookedMs = nowMs;
      this.#looking = this.#look();
    }
    await this.#looking;
    return this.#content;
  }

  async #look(): Promise<void> {
    const { path, load, log } = this.#options;
    const state = await stateOf(path);
    if (state === this.#seen) return;
    this.#seen = state;
    try {
      this.#content = await load(path);
      log.info({ path }, 'rules were read anew');
    } catch (err) {
      log.error({ err, path }, 'rules have changed and are wrong; those of before stay');
    }
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return String(error);
  }
}
