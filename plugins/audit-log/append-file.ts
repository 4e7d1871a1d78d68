// Owns a file to which whole lines are appended by many at a time. It never looks into a line.
import { type FileHandle, open, stat } from 'node:fs/promises';

/** When a line counts as written: once the system has it, or once the disk has it. */
export type Durability = 'system' | 'disk';

export interface AppendFileOptions {
  readonly durability: Durability;
  /** How long the file may have been moved away (logrotate) before lines go to a new one. */
  readonly rotationCheckMs: number;
}

interface Batch {
  readonly lines: string[];
  readonly written: Promise<void>;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  readonly device: bigint;
  /** The last line is not complete: a write was cut short, now or in an earlier life. */
  isTorn: boolean;
}

export class AppendFile {
  readonly #path: string;
  readonly #options: AppendFileOptions;
  #file: OpenFile;
  #checkedAtMs: number;
  /** Settles when all batches so far are done; never rejects. */
  #idle: Promise<void> = Promise.resolve();
  /** Takes lines until its turn comes. */
  #gathering: Batch | undefined;
  #isClosed = false;

  private constructor(path: string, file: OpenFile, options: AppendFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#file = file;
    this.#checkedAtMs = performance.now();
  }

  /** Creates the file when there is none, readable by its owner only. */
  static async open(path: string, options: AppendFileOptions): Promise<AppendFile> {
    return new AppendFile(path, await openFile(path), options);
  }

  /**
   * Appends one line with its line end, in the order of the calls; rejects when it may not have
   * been written. Lines that come while others are being written go out together in one write.
   */
  append(line: string): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('the file is closed'));
    this.#gathering ??= this.#startBatch();
    this.#gathering.lines.push(line);
    return this.#gathering.written;
  }

  /** Waits for the lines that were given before. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#idle;
    await this.#file.handle.close();
  }

  #startBatch(): Batch {
    const lines: string[] = [];
    const written = this.#idle.then(() => {
      this.#gathering = undefined;
      return this.#write(lines.join(''));
    });
    this.#idle = written.catch(() => {});
    return { lines, written };
  }

  async #write(lines: string): Promise<void> {
    await this.#followRotation();
    const file = this.#file;
    const bytes = Buffer.from(file.isTorn ? `\n${lines}` : lines);
    let written = 0;
    try {
      // One write is the rule. A disk that fills up takes a part first and fails on the rest.
      while (written < bytes.length) {
        written += (await file.handle.write(bytes, written)).bytesWritten;
      }
      file.isTorn = false;
    } catch (error) {
      if (written > 0) file.isTorn = true;
      throw error;
    }
    if (this.#options.durability === 'disk') await file.handle.datasync();
  }

  /** While the old file cannot be replaced, nothing is written: lines must not go astray. */
  async #followRotation(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#checkedAtMs < this.#options.rotationCheckMs) return;
    if (await this.#isMoved()) {
      const old = this.#file;
      this.#file = await openFile(this.#path);
      await old.handle.close();
    }
    this.#checkedAtMs = nowMs;
  }

  async #isMoved(): Promise<boolean> {
    try {
      const { ino, dev } = await stat(this.#path, { bigint: true });
      return ino !== this.#file.inode || dev !== this.#file.device;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  }
}

async function openFile(path: string): Promise<OpenFile> {
  // a+ is O_APPEND with reading, which the last octet is needed for.
  const handle = await open(path, 'a+', 0o600);
  try {
    const { ino, dev, size } = await handle.stat({ bigint: true });
    const isTorn = size > 0n && !(await endsLine(handle, Number(size)));
    return { handle, inode: ino, device: dev, isTorn };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
