// Owns the octets of one message between upstream and client: the first part in memory, the rest in
// an unlinked temporary file. Readable while it still fills, as often as wanted. One owner disposes it.
import { createHash, type Hash } from 'node:crypto';
import { AppError, toAppError } from '../base/errors.ts';
import { JoinedPieces } from './joined-pieces.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { SpoolFile } from './spool-file.ts';

export interface SpoolOptions {
  /** Octets of this message kept in memory. */
  readonly memoryBytes: number;
  /** Shared by all spools of the process. */
  readonly budget: MemoryBudget;
  /** Folder of temporary files. */
  readonly folder: string;
  readonly maxBytes: number;
}

export class Spool implements AsyncDisposable {
  readonly #options: SpoolOptions;
  /** Of what goes into the file; what is in memory is hashed when somebody asks. */
  #hash: Hash | undefined;
  readonly #head = new JoinedPieces();
  #headBytes = 0;
  #file: SpoolFile | undefined;
  #octets = 0;
  #state: 'filling' | 'complete' | 'failed' = 'filling';
  #failure: AppError | undefined;
  #sha256: string | undefined;
  #changed: PromiseWithResolvers<void> | undefined;
  readonly #successors: Spool[] = [];

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Octets that have arrived so far. */
  get octets(): number {
    return this.#octets;
  }

  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /** Why the message will never be complete. */
  get failure(): AppError | undefined {
    return this.#failure;
  }

  /** Lower-case hexadecimal SHA-256 of the whole message; only once it is complete. */
  get sha256(): string {
    if (this.#sha256 === undefined) {
      if (!this.isComplete) throw new Error('the message is not complete');
      this.#sha256 = (this.#hash ?? this.#hashOfHead()).digest('hex');
    }
    return this.#sha256;
  }

  /** All octets of a complete message that is in memory; undefined for any other. */
  get whole(): readonly Buffer[] | undefined {
    return this.isComplete && this.#file === undefined ? this.#head.all : undefined;
  }

  /**
   * Takes the next octets; false asks the sender to wait for `onDrain`. After a failure it swallows,
   * so that the sender can come to its end; throws MESSAGE_TOO_LARGE when that end does not come.
   */
  write(content: Buffer): boolean {
    this.#octets += content.length;
    if (this.#octets > this.#options.maxBytes) {
      const failure = messageTooLarge();
      this.fail(failure);
      throw failure;
    }
    if (this.#state !== 'filling') return true;
    const wantsMore = this.#store(content);
    this.#notify();
    return wantsMore;
  }

  /** Calls back once there is room again, at once if there is. */
  onDrain(resume: () => void): void {
    if (this.#file === undefined || this.#state !== 'filling') resume();
    else this.#file.onDrain(resume);
  }

  /** For what takes the place of this message: under the same limits, and disposed with this one. */
  successor(): Spool {
    if (this.#failure !== undefined) throw this.#failure;
    const spool = new Spool(this.#options);
    this.#successors.push(spool);
    return spool;
  }

  /** No more octets will come. */
  complete(): void {
    if (this.#state !== 'filling') return;
    this.#state = 'complete';
    this.#notify();
  }

  /** The message will never be complete: every reader gets this error instead of an end. */
  fail(error: AppError): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#failure = error;
    this.#notify();
  }

  /**
   * Resolves when `octets` have arrived, or all there are and the last of them is safe in the file;
   * rejects when the message fails.
   */
  async until(octets: number): Promise<void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#octets >= octets || (this.isComplete && this.#isStored)) return;
      await this.#change();
    }
  }

  /** All octets from `from` on; waits for those still on their way. */
  async *read(from = 0): AsyncGenerator<Buffer, void, void> {
    let position = 0;
    let index = 0;
    let inPiece = 0;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const piece = this.#head.at(index);
      if (piece !== undefined) {
        if (inPiece < piece.length) {
          const fresh = piece.subarray(inPiece);
          inPiece = piece.length;
          position += fresh.length;
          if (position > from) yield fresh.subarray(Math.max(0, fresh.length - (position - from)));
          continue;
        }
        if (index + 1 < this.#head.length) {
          index += 1;
          inPiece = 0;
          continue;
        }
      }
      if (this.#file !== undefined) {
        position = Math.max(position, from);
        yield* this.#readFile(this.#file, position - this.#headBytes);
        return;
      }
      if (this.#state === 'complete') return;
      await this.#change();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fail(disposed);
    this.#options.budget.release(this.#headBytes);
    this.#headBytes = 0;
    this.#head.takeAll();
    await this.#file?.close();
    for (const spool of this.#successors) await spool[Symbol.asyncDispose]();
  }

  #store(content: Buffer): boolean {
    const { memoryBytes, budget, folder } = this.#options;
    if (this.#file === undefined) {
      const fits = this.#headBytes + content.length <= memoryBytes;
      if (fits && budget.tryTake(content.length)) {
        this.#headBytes += content.length;
        this.#head.push(content);
        return true;
      }
      this.#hash = this.#hashOfHead();
      this.#file = new SpoolFile(folder, {
        flushed: () => this.#notify(),
        failed: (cause) => this.fail(spoolFailure(cause)),
      });
    }
    this.#hash?.update(content);
    return this.#file.append(content);
  }

  #hashOfHead(): Hash {
    const hash = createHash('sha256');
    for (const piece of this.#head.all) hash.update(piece);
    return hash;
  }

  get #isStored(): boolean {
    return this.#file === undefined || this.#file.flushedBytes === this.#file.appendedBytes;
  }

  async *#readFile(file: SpoolFile, start: number): AsyncGenerator<Buffer, void, void> {
    let position = start;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (position < file.flushedBytes) {
        const piece = await file.read(position).catch((cause: unknown) => {
          throw spoolFailure(cause);
        });
        position += piece.length;
        yield piece;
      } else if (this.#state === 'complete' && position >= file.appendedBytes) {
        return;
      } else {
        await this.#change();
      }
    }
  }

  #change(): Promise<void> {
    this.#changed ??= Promise.withResolvers<void>();
    return this.#changed.promise;
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = undefined;
    changed?.resolve();
  }
}

/** One for all: every spool ends so, most of them long after the last reader. */
const disposed = new AppError('SPOOL_DISPOSED', { fault: 'proxy', publicText: 'session ended' });

/** Above `limits.max_message`, as listed or as it came. */
export function messageTooLarge(): AppError {
  return new AppError('MESSAGE_TOO_LARGE', {
    fault: 'upstream',
    publicText: 'the message is larger than this proxy allows',
    responseCode: 'SYS/PERM',
  });
}

function spoolFailure(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError('SPOOL_FAILED', {
    fault: 'proxy',
    publicText: 'no room for the message, try again later',
    cause: toAppError(cause).cause ?? cause,
  });
}
