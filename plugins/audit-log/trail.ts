// Owns the order in which records come into the trail: many at a time go out in one write, each sealed
// onto the one before. It never looks into a record.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChainKey, ChainPoint, Clock, Logger } from '#plugin-api';
import { ChainPosition, movedAway } from './chain-position.ts';
import { Checkpoint } from './checkpoint.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import { findTail, readTail } from './found-tail.ts';
import { loadHead, saveHead } from './head-file.ts';
import { append, isMoved, lengthOf, type OpenFile, openForAppend } from './open-file.ts';
import type { Durability, Rotation } from './options.ts';
import { isDue } from './rotated-files.ts';
import { putAside } from './rotation.ts';
import { keepUp } from './upkeep.ts';

export interface TrailOptions {
  readonly durability: Durability;
  readonly key: ChainKey | undefined;
  /** Undefined when putting files aside is left to other programs. */
  readonly rotation: Rotation | undefined;
  /** How long the file may have been moved away (logrotate) before lines go to a new one. */
  readonly moveCheckMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Batch {
  readonly records: string[];
  readonly written: Promise<void>;
}

/** What is held while lines are written; made with the first line. */
interface Hold {
  readonly lock: FileLock;
  readonly position: ChainPosition;
  readonly checkpoint: Checkpoint;
  file: OpenFile;
  checkedAtMs: number;
}

const rotationRetryMs = 60_000;

export class Trail {
  readonly path: string;
  #options: TrailOptions;
  #hold: Hold | undefined;
  /** Settles when all batches so far are done; never rejects. */
  #idle: Promise<void> = Promise.resolve();
  /** Takes records until its turn comes. */
  #gathering: Batch | undefined;
  #upkeep: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  #rotationAfterMs = Number.NEGATIVE_INFINITY;

  private constructor(path: string, options: TrailOptions) {
    this.path = path;
    this.#options = options;
  }

  /**
   * Looks whether the file can be written and goes on from what is there, so that a mistake shows at
   * once. Nothing is locked before the first record: other programs may look at a configuration while
   * a proxy runs with it.
   */
  static async open(path: string, options: TrailOptions): Promise<Trail> {
    const { handle, isRegular } = await openForAppend(path);
    await handle.close();
    if (isRegular) await loadHead(path, options.key);
    return new Trail(path, options);
  }

  mustHaveKey(wanted: ChainKey | undefined): void {
    const { key } = this.#options;
    const isSameKey = key === wanted || (key !== undefined && wanted?.equals(key));
    if (isSameKey !== true) {
      throw new Error(`the key of ${this.path} cannot change while the trail is being written`);
    }
  }

  /** After a reload. The key stays what it was. */
  setOptions(options: TrailOptions): void {
    this.mustHaveKey(options.key);
    this.#options = options;
  }

  /**
   * Appends one record, the text of a JSON object, in the order of the calls; rejects when it may not
   * have been recorded. Records of one turn of the event loop go out in one write, and so do those
   * that come while others are being written.
   */
  append(record: string): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(new Error('the trail is closed'));
    this.#gathering ??= this.#startBatch();
    this.#gathering.records.push(record);
    return this.#gathering.written;
  }

  /** Waits for the records that were given before. */
  async flush(): Promise<void> {
    await this.#idle;
  }

  /** Takes no more, and waits for the records that were given before. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the trail is closed'));
    await this.#idle;
    await this.#upkeep;
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold !== undefined) await this.#inTurn(() => hold.checkpoint.close());
    await hold?.file.handle.close();
    await hold?.lock.release();
  }

  #startBatch(): Batch {
    const records: string[] = [];
    const written = this.#inTurn(async () => {
      await nextTurn();
      this.#gathering = undefined;
      await this.#write(records);
    });
    return { records, written };
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#idle.then(work);
    this.#idle = done.catch(() => {});
    return done;
  }

  async #write(records: readonly string[]): Promise<void> {
    this.#hold ??= await this.#take();
    const hold = this.#hold;
    await this.#followMove(hold);
    await this.#checkLength(hold);
    const { key, durability } = this.#options;
    let batch = hold.position.seal(records, key);
    const isNewFile = await this.#rotateIfDue(hold, batch.octets.length);
    if (isNewFile) batch = hold.position.seal(records, key);

    const startAt = hold.file.octets;
    const { octets, failure } = await append(hold.file, batch.octets);
    hold.position.advance(batch, octets, startAt);
    if (failure !== undefined) throw failure.cause;
    if (!hold.file.isRegular) return;
    if (isNewFile) this.#startUpkeep(hold);
    if (durability === 'disk') await hold.file.handle.datasync();
    // Whoever pays for the disk at each line gets a checkpoint that lacks none.
    if (durability === 'disk' || isNewFile) await hold.checkpoint.saveNow();
    else await hold.checkpoint.saveSoon();
  }

  async #take(): Promise<Hold> {
    const { clock, key } = this.#options;
    const lock = await lockFile(this.path);
    try {
      const file = await openForAppend(this.path);
      try {
        const head = file.isRegular ? await loadHead(this.path, key) : undefined;
        const position = new ChainPosition(head, clock.nowMs());
        if (file.octets > 0) position.goOn(await findTail(file.handle, head));
        else if (head !== undefined) position.startFile(movedAway, clock.nowMs());
        this.#reportLoss(head?.last, position.last, file.octets);
        const checkpoint = this.#checkpointOf(position, head === undefined ? 'missing' : 'there');
        const hold = { lock, file, position, checkpoint, checkedAtMs: clock.monotonicMs() };
        this.#startUpkeep(hold);
        return hold;
      } catch (error) {
        await file.handle.close();
        throw error;
      }
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  #checkpointOf(position: ChainPosition, state: 'missing' | 'there'): Checkpoint {
    return new Checkpoint(state, {
      clock: this.#options.clock,
      save: () => saveHead(this.path, position.toHead(), this.#options),
      inTurn: (work) => this.#inTurn(work),
      reportFailure: (err) =>
        this.#options.log.error({ err, file: this.path }, 'the audit checkpoint cannot be written'),
    });
  }

  #reportLoss(known: ChainPoint | undefined, found: ChainPoint, octets: number): void {
    if (known !== undefined || found.seq === 0) return;
    this.#options.log.warn(
      { file: this.path, seq: found.seq, octets },
      'the audit trail has lost its checkpoint and goes on from its last line',
    );
  }

  /** While the old file cannot be replaced, nothing is written: lines must not go astray. */
  async #followMove(hold: Hold): Promise<void> {
    const { clock, moveCheckMs } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - hold.checkedAtMs < moveCheckMs) return;
    if (await isMoved(this.path, hold.file)) {
      // Nothing leads from an older checkpoint to the new file.
      await hold.checkpoint.saveIfBehind();
      await this.#reopen(hold, movedAway);
    }
    hold.checkedAtMs = nowMs;
  }

  async #reopen(hold: Hold, after: string): Promise<void> {
    const file = await openForAppend(this.path);
    await hold.file.handle.close();
    hold.file = file;
    hold.position.startFile(after, this.#options.clock.nowMs());
    if (file.octets > 0) hold.position.goOn(await findTail(file.handle, undefined));
  }

  /** The last guard against a second writer, and against a file that was emptied in place. */
  async #checkLength({ file, position }: Hold): Promise<void> {
    if (!file.isRegular) return;
    const size = lengthOf(file);
    if (size < file.octets) position.startFile(movedAway, this.#options.clock.nowMs());
    if (size > file.octets) {
      const tail = await readTail(file.handle, file.octets);
      if (tail.last !== undefined) throw new Error(`another program writes to ${this.path}`);
      position.goOn(tail);
    }
    file.octets = size;
  }

  /** A file that cannot be put aside is no reason to stop: it only grows. */
  async #rotateIfDue(hold: Hold, octets: number): Promise<boolean> {
    const { rotation, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    const { file, position } = hold;
    if (rotation === undefined || !file.isRegular || nowMs < this.#rotationAfterMs) return false;
    const current = { octets: file.octets, sinceMs: position.sinceMs };
    if (!isDue(rotation, current, { octets, nowMs })) return false;
    try {
      const { durability } = this.#options;
      // A checkpoint that a crash has left behind the file could not be brought up to it any more.
      await hold.checkpoint.saveIfBehind();
      const aside = await putAside(this.path, {
        nowMs,
        durability,
        rotations: position.rotations,
      });
      position.rotations = aside.number;
      await this.#reopen(hold, aside.name);
    } catch (err) {
      this.#rotationAfterMs = nowMs + rotationRetryMs;
      log.error({ err, file: this.path }, 'the audit file cannot be put aside and grows on');
      return false;
    }
    return true;
  }

  /** Compresses and removes old files, beside the writing. */
  #startUpkeep({ position, checkpoint }: Hold): void {
    const { rotation, clock, log } = this.#options;
    if (rotation === undefined) return;
    const { signal } = this.#closing;
    this.#upkeep = this.#upkeep
      .then(() =>
        keepUp(this.path, rotation, {
          nowMs: clock.nowMs(),
          signal,
          forget: async (start, record) => {
            position.start = start;
            await this.append(record);
            await this.#inTurn(() => checkpoint.saveNow());
          },
        }),
      )
      .catch((err: unknown) => {
        if (signal.aborted) return;
        log.error({ err, file: this.path }, 'old audit files cannot be compressed or removed');
      });
  }
}
