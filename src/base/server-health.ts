// Owns for how long a server that fails is left alone. Pure: the time and the dice are arguments.

const failuresToPause = 3;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** `unreachable`: nobody is there, so that one such failure is enough. */
export type FailureKind = 'unreachable' | 'broken';

export class ServerHealth {
  readonly #random: () => number;
  #failures = 0;
  /** Since the last success. */
  #pauses = 0;
  #pausedUntilMs = 0;
  /** Whether a question is under way that shows if it is back. */
  #isOnTrial = false;

  /** `random` gives numbers from 0 to below 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Whether it has failed so often that it is left alone for a while, time and again. */
  get isFailing(): boolean {
    return this.#failures >= failuresToPause;
  }

  /** After the pause one question is let through; its outcome decides about the others. */
  isLeftAlone(nowMs: number): boolean {
    return this.isFailing && (this.#isOnTrial || nowMs < this.#pausedUntilMs);
  }

  trying(): void {
    if (this.isFailing) this.#isOnTrial = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauses = 0;
    this.#isOnTrial = false;
  }

  /** The question was taken back, which says nothing of the server. */
  abandoned(): void {
    this.#isOnTrial = false;
  }

  failed(kind: FailureKind, nowMs: number): void {
    // Questions that were under way when the pause began tell nothing new.
    if (this.isFailing && !this.#isOnTrial) return;
    this.#isOnTrial = false;
    this.#failures = kind === 'unreachable' ? failuresToPause : this.#failures + 1;
    if (!this.isFailing) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pauses += 1;
    // Several proxies in front of one server must not all come back in the same instant.
    this.#pausedUntilMs = nowMs + Math.round(pauseMs * (0.75 + this.#random() / 4));
  }
}
