// Owns how long one call of a plugin is waited for. It never decides what follows when that was too long.
import type { Clock, Timer } from '../base/clock.ts';
import type { AppError } from '../base/errors.ts';

export class Patience {
  readonly #clock: Clock;
  readonly #onExpiry: () => AppError;
  #remainingMs: number;
  #startedMs = 0;
  #timer: Timer | undefined;
  #giveUp: ((reason: unknown) => void) | undefined;
  #expired: AppError | undefined;

  /** The error of a time that is over is made only then: it costs more than most of the calls that end well. */
  constructor(clock: Clock, limitMs: number, onExpiry: () => AppError) {
    this.#clock = clock;
    this.#remainingMs = limitMs;
    this.#onExpiry = onExpiry;
  }

  /** The end of `running`, or a rejection before it. Once; what comes after the rejection is dropped. */
  waitFor<T>(running: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      running.then(resolve, reject);
    });
  }

  /** Ends the waiting. */
  giveUp(reason: unknown): void {
    this.#giveUp?.(reason);
  }

  isExpiry(error: unknown): error is AppError {
    return this.#expired !== undefined && error === this.#expired;
  }

  /** Time counts from here on. */
  start(): void {
    this.#startedMs = this.#clock.monotonicMs();
    this.#timer = this.#clock.after(this.#remainingMs, () => {
      this.#expired ??= this.#onExpiry();
      this.giveUp(this.#expired);
    });
  }

  /** Time counts no longer, or not until it is started again. */
  stop(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    const usedMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#remainingMs = Math.max(0, this.#remainingMs - usedMs);
  }
}
