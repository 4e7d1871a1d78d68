// Owns the quarantine as another process sees it: what is there, and what an administrator does with it.
import { systemClock } from '../../../src/base/clock.ts';
import { openQuarantine } from '../../../src/stores/open-quarantine.ts';
import type { Quarantine, QuarantineState } from '../../../src/stores/store.ts';
import { sha256Of } from './sample-mail.ts';

/** An entry of the index. */
export interface HeldEntry {
  readonly id: string;
  readonly code: string;
  readonly state: QuarantineState;
  readonly sha256: string;
}

const noLimits = { maxAgeMs: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

export class Administrator implements Disposable {
  readonly #quarantine: Quarantine;

  private constructor(quarantine: Quarantine) {
    this.#quarantine = quarantine;
  }

  static async open(folder: string, keyFile: string): Promise<Administrator> {
    const services = { clock: systemClock };
    const { quarantine } = await openQuarantine({ folder, keyFile, ...noLimits }, services);
    return new Administrator(quarantine);
  }

  entriesOf(user: string): Promise<readonly HeldEntry[]> {
    return this.#quarantine.list({ owner: { user } });
  }

  /** Of the content as it lies there; undefined when it cannot be read to its end. */
  async contentSha256(id: string): Promise<string | undefined> {
    try {
      const pieces: Buffer[] = [];
      for await (const piece of this.#quarantine.read(id)) pieces.push(piece);
      return sha256Of(Buffer.concat(pieces));
    } catch {
      return undefined;
    }
  }

  async mark(id: string, state: 'released' | 'discarded'): Promise<void> {
    await this.#quarantine.mark(id, state);
  }

  [Symbol.dispose](): void {
    this.#quarantine.close();
  }
}
