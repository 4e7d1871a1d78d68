// Owns the temporary file of one spool: mode 0600, unlinked as soon as it is open, so that nothing
// of a message outlives the process.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { countPassing } from '../base/dead-octets.ts';
import { JoinedPieces } from './joined-pieces.ts';

/** The sender is asked to wait above this many octets not yet in the file. */
const highWaterBytes = 1024 * 1024;
const readBytes = 128 * 1024;

export interface SpoolFileEvents {
  /** More octets can be read. */
  flushed(): void;
  failed(cause: unknown): void;
}

export class SpoolFile {
  readonly #events: SpoolFileEvents;
  readonly #opening: Promise<FileHandle>;
  readonly #queue = new JoinedPieces();
  #appendedBytes = 0;
  #flushedBytes = 0;
  #isFlushing = false;
  #isClosed = false;
  #resume: (() => void) | undefined;

  constructor(folder: string, events: SpoolFileEvents) {
    this.#events = events;
    this.#opening = openUnlinked(folder);
    this.#opening.catch(() => {});
  }

  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /** Octets that can be read back. */
  get flushedBytes(): number {
    return this.#flushedBytes;
  }

  append(content: Buffer): boolean {
    this.#queue.push(content);
    this.#appendedBytes += content.length;
    if (!this.#isFlushing) void this.#flush();
    return this.#appendedBytes - this.#flushedBytes < highWaterBytes;
  }

  onDrain(resume: () => void): void {
    if (this.#isFlushing && !this.#isClosed) this.#resume = resume;
    else resume();
  }

  /** The octets at `position`, up to 128 KiB and up to what is in the file. */
  async read(position: number): Promise<Buffer> {
    const handle = await this.#opening;
    const length = Math.min(readBytes, this.#flushedBytes - position);
    const { bytesRead, buffer } = await handle.read(
      Buffer.allocUnsafe(length),
      0,
      length,
      position,
    );
    countPassing(bytesRead);
    if (bytesRead === 0) throw new Error('the temporary file is shorter than what was written');
    return buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.takeAll();
    this.#drained();
    const handle = await this.#opening.catch(() => undefined);
    await handle?.close().catch(() => {});
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    try {
      const handle = await this.#opening;
      while (this.#queue.length > 0) {
        const batch = this.#queue.takeAll();
        await writeAll(handle, batch, this.#flushedBytes);
        for (const piece of batch) this.#flushedBytes += piece.length;
        this.#events.flushed();
        if (this.#appendedBytes - this.#flushedBytes < highWaterBytes) this.#drained();
      }
    } catch (cause) {
      if (!this.#isClosed) this.#events.failed(cause);
    } finally {
      this.#isFlushing = false;
      this.#drained();
    }
  }

  #drained(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}

async function writeAll(handle: FileHandle, pieces: Buffer[], position: number): Promise<void> {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await handle.writev(pieces, position);
  if (bytesWritten === total) return;
  // A short write means that the disk is nearly full: finish octet by octet or fail with its reason.
  const rest = Buffer.concat(pieces).subarray(bytesWritten);
  let done = 0;
  while (done < rest.length) {
    const step = await handle.write(rest, done, rest.length - done, position + bytesWritten + done);
    if (step.bytesWritten === 0) throw new Error('the temporary file takes no more octets');
    done += step.bytesWritten;
  }
}

async function openUnlinked(folder: string): Promise<FileHandle> {
  const path = join(folder, `postern-${randomUUID()}.spool`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
