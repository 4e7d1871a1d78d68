// Owns when the checkpoint follows the lines: at once where something rests on it, and else within a
// second of the first line that it does not know. It never decides what stands in it.
import type { Clock } from '#plugin-api';

export interface CheckpointTools {
  readonly clock: Clock;
  save(): Promise<void>;
  /** Never while lines are being written. */
  inTurn(work: () => Promise<void>): Promise<void>;
  reportFailure(err: unknown): void;
}

export const checkpointDelayMs = 1000;

export class Checkpoint {
  readonly #tools: CheckpointTools;
  /** Without any, or with one that could not be written, the trail would not be known to be whole. */
  #isOverdue: boolean;
  #isBehind = false;
  #timer: { cancel(): void } | undefined;

  constructor(state: 'missing' | 'there', tools: CheckpointTools) {
    this.#isOverdue = state === 'missing';
    this.#tools = tools;
  }

  async saveNow(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#isBehind = true;
    await this.#tools.save();
    this.#isBehind = false;
    this.#isOverdue = false;
  }

  /** There are lines that it does not know yet. */
  async saveSoon(): Promise<void> {
    if (this.#isOverdue) return this.saveNow();
    this.#isBehind = true;
    this.#timer ??= this.#tools.clock.after(checkpointDelayMs, () => {
      this.#timer = undefined;
      void this.#tools.inTurn(() => this.#saveOrReport());
    });
  }

  async saveIfBehind(): Promise<void> {
    if (this.#isBehind) await this.saveNow();
  }

  /** What could not be written is found again from the lines themselves. */
  async close(): Promise<void> {
    await this.#saveOrReport();
  }

  async #saveOrReport(): Promise<void> {
    try {
      await this.saveIfBehind();
    } catch (err) {
      // The next record waits for it, and fails with it.
      this.#isOverdue = true;
      this.#tools.reportFailure(err);
    }
  }
}
