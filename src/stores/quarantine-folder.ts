// Owns the quarantine as a folder of pairs `<id>.eml` and `<id>.json`. One process per folder.
// It never decides what is quarantined, and nothing that a sender or user chose becomes a file name.
import { createHash, randomUUID } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { diskActions, type FileActions, writeSynced } from './durable-file.ts';
import { prepareFolder, temporaryName } from './private-folder.ts';
import type { Quarantine, QuarantineRecord, StoredQuarantine } from './store.ts';

export interface QuarantineFolderDeps {
  readonly actions?: FileActions;
}

/** Creates the folder if need be, refuses one that others can look into, and removes unfinished files. */
export async function openQuarantineFolder(
  folder: string,
  clock: Clock,
  { actions = diskActions }: QuarantineFolderDeps = {},
): Promise<Quarantine> {
  const path = resolve(folder);
  try {
    await prepareFolder(path, actions);
  } catch (cause) {
    throw new AppError('QUARANTINE_UNUSABLE', {
      fault: 'config',
      publicText: 'the quarantine folder cannot be used',
      details: { folder: path },
      cause,
    });
  }
  return new QuarantineFolder(path, clock, actions);
}

/** The same for the same message in the same maildrop, so that a second RETR stores nothing again. */
export function quarantineId(
  record: Pick<QuarantineRecord, 'user' | 'upstreamHost' | 'uidl' | 'sha256'>,
): string {
  // JSON keeps the borders between the values; joined text would not.
  const identity = [record.user, record.upstreamHost, record.uidl ?? null, record.sha256];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
}

class QuarantineFolder implements Quarantine {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #actions: FileActions;
  readonly #running = new Map<string, Promise<StoredQuarantine>>();

  constructor(folder: string, clock: Clock, actions: FileActions) {
    this.#folder = folder;
    this.#clock = clock;
    this.#actions = actions;
  }

  async put(record: QuarantineRecord, content: AsyncIterable<Buffer>): Promise<StoredQuarantine> {
    const id = quarantineId(record);
    let running = this.#running.get(id);
    while (running !== undefined) {
      const stored = await running.catch(() => undefined);
      if (stored !== undefined) return { id, isNew: false };
      // The failure may have been that of the other's source: try with our own.
      running = this.#running.get(id);
    }
    const storing = this.#store(id, record, content);
    this.#running.set(id, storing);
    try {
      return await storing;
    } catch (cause) {
      throw new AppError('QUARANTINE_FAILED', {
        fault: 'proxy',
        publicText: 'the message cannot be stored at the moment, try again later',
        details: { id },
        cause,
      });
    } finally {
      this.#running.delete(id);
    }
  }

  async #store(
    id: string,
    record: QuarantineRecord,
    content: AsyncIterable<Buffer>,
  ): Promise<StoredQuarantine> {
    const message = { path: join(this.#folder, `${id}.eml`), temporary: this.#temporary() };
    const facts = { path: join(this.#folder, `${id}.json`), temporary: this.#temporary() };
    if (await isPair(message.path, facts.path, record.octets)) {
      // Whoever renamed the pair into place may not have come to this.
      await this.#actions.syncFolder(this.#folder);
      return { id, isNew: false };
    }
    try {
      await writeSynced(this.#actions, message.temporary, verified(record, content));
      await writeSynced(this.#actions, facts.temporary, [this.#describe(id, record)]);
      // The facts come last: without them there is no pair.
      await this.#actions.rename(message.temporary, message.path);
      await this.#actions.rename(facts.temporary, facts.path);
      await this.#actions.syncFolder(this.#folder);
      return { id, isNew: true };
    } catch (error) {
      // The pair as well: left in place, it would count as stored although it is not safe.
      await this.#discard([facts.path, facts.temporary, message.path, message.temporary]);
      throw error;
    }
  }

  #temporary(): string {
    return join(this.#folder, temporaryName(randomUUID()));
  }

  #describe(id: string, record: QuarantineRecord): Buffer {
    const storedAt = new Date(this.#clock.nowMs()).toISOString();
    return Buffer.from(`${JSON.stringify({ id, storedAt, ...record }, undefined, 2)}\n`);
  }

  /** As far as possible: the failure that led here is the one to report. */
  async #discard(paths: readonly string[]): Promise<void> {
    await Promise.allSettled(paths.map((path) => this.#actions.remove(path)));
  }
}

async function isPair(message: string, facts: string, octets: number): Promise<boolean> {
  const [messageOctets, factsOctets] = await Promise.all([fileOctets(message), fileOctets(facts)]);
  return messageOctets === octets && (factsOctets ?? 0) > 0;
}

/** Undefined when there is no such file, or something else of that name. */
async function fileOctets(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Passes the octets on and throws at the end unless they are those that were judged. */
async function* verified(
  { octets, sha256 }: QuarantineRecord,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > octets) throw new Error(`the message has more than the announced ${octets} octets`);
    hash.update(chunk);
    yield chunk;
  }
  if (seen < octets) throw new Error(`the message ended after ${seen} of ${octets} octets`);
  if (hash.digest('hex') !== sha256) throw new Error('the message is not the one that was judged');
}
