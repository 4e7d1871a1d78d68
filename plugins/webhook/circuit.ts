// Owns leaving a receiver alone that keeps failing, so that each message does not wait for it anew.
import type { Clock } from '#plugin-api';

export interface CircuitOptions {
  readonly clock: Clock;
  /** Failures in a row until calls are refused. */
  readonly pauseAfter: number;
  readonly pauseMs: number;
}

/** After the pause one call is let through: its outcome decides about the others. */
export class Circuit {
  readonly #options: CircuitOptions;
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  /** Rejects without running `call` during a pause. `isFailure` tells errors that say nothing of the receiver. */
  async through<T>(call: () => Promise<T>, isFailure: (error: unknown) => boolean): Promise<T> {
    const { clock, pauseAfter, pauseMs } = this.#options;
    if (this.#failures >= pauseAfter) {
      const nowMs = clock.monotonicMs();
      if (nowMs < this.#pausedUntilMs)
        throw new Error('the receiver keeps failing and is left alone');
      // The others go on waiting while this call tries.
      this.#pausedUntilMs = nowMs + pauseMs;
    }
    try {
      const result = await call();
      this.#failures = 0;
      return result;
    } catch (error) {
      if (isFailure(error)) {
        this.#failures += 1;
        this.#pausedUntilMs = clock.monotonicMs() + pauseMs;
      }
      throw error;
    }
  }
}
