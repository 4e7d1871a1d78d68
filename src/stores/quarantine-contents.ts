// Owns the sealed files of originals: one for each time that content was stored, never changed and never
// used again. Which of them count is what the index says, so that a crash leaves no more than a file too
// many.
import { type KeyObject, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileActions, writeSynced } from './durable-file.ts';
import { seal, sealedLength, unseal } from './sealed-file.ts';

const namePattern = /^[0-9a-f]{32}-[0-9a-f]{16}\.sealed$/;

export class QuarantineContents {
  readonly #folder: string;
  readonly #key: KeyObject;
  readonly #actions: FileActions;

  /** `folder` exists. */
  constructor(folder: string, key: KeyObject, actions: FileActions) {
    this.#folder = folder;
    this.#key = key;
    this.#actions = actions;
  }

  /** Returns the name of the file once it would survive a power failure; leaves none when it fails. */
  async write(id: string, content: AsyncIterable<Buffer>): Promise<string> {
    // A name of its own each time: whoever fails removes the file of nobody else.
    const name = `${id}-${randomBytes(8).toString('hex')}.sealed`;
    try {
      await writeSynced(this.#actions, join(this.#folder, name), seal(this.#key, id, content));
      await this.#actions.syncFolder(this.#folder);
      return name;
    } catch (error) {
      await this.remove(name);
      throw error;
    }
  }

  /** Throws when the file is not what was written for this id. */
  read(name: string, id: string): AsyncGenerator<Buffer> {
    return unseal(this.#key, id, createReadStream(join(this.#folder, name)));
  }

  /** Is the file there in its full length? */
  async isWhole(name: string, octets: number): Promise<boolean> {
    try {
      const stats = await lstat(join(this.#folder, name));
      return stats.isFile() && stats.size === sealedLength(octets);
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    }
  }

  /** Does the file hold what was written for this id, octet for octet? */
  async isGenuine(name: string, id: string, octets: number): Promise<boolean> {
    if (!(await this.isWhole(name, octets))) return false;
    try {
      for await (const _piece of this.read(name, id));
      return true;
    } catch {
      return false;
    }
  }

  /** As far as possible: a file that stays is a left-over. */
  async remove(name: string): Promise<void> {
    await this.#actions.remove(join(this.#folder, name)).catch(() => {});
  }

  /** Removes what a crash has left behind; what is younger may be at work in another process. */
  async removeLeftOvers(olderThanMs: number, isWanted: (name: string) => boolean): Promise<void> {
    for await (const { name } of await opendir(this.#folder)) {
      if (!namePattern.test(name) || isWanted(name)) continue;
      const stats = await lstat(join(this.#folder, name)).catch(() => undefined);
      if (stats !== undefined && stats.mtimeMs < olderThanMs) await this.remove(name);
    }
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
