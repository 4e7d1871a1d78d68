// Owns noticing that a worker does nothing any more: one that never comes back from a piece of work cannot
// say so itself.
import type { Clock, Timer } from '../../base/clock.ts';

const askEveryMs = 5000;
/**
 * Counted, not timed: when the whole machine has stood still, the answer that came meanwhile is read
 * before the next look.
 */
const mostMisses = 6;

/** After so long a silence it is given up. */
export const silentMs = askEveryMs * mostMisses;

export interface Watched {
  /** Resolves when it has answered. */
  ask(): Promise<unknown>;
  /** It has not answered for long; it is not asked again. */
  giveUp(): void;
}

export class Watchdog {
  readonly #clock: Clock;
  readonly #watched: Watched;
  #timer: Timer;
  #isWaiting = false;
  #misses = 0;

  constructor(watched: Watched, clock: Clock) {
    this.#watched = watched;
    this.#clock = clock;
    this.#timer = this.#lookLater();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #lookLater(): Timer {
    return this.#clock.after(askEveryMs, () => this.#look());
  }

  #look(): void {
    if (this.#isWaiting) this.#misses += 1;
    else this.#ask();
    if (this.#misses < mostMisses) this.#timer = this.#lookLater();
    else this.#watched.giveUp();
  }

  #ask(): void {
    this.#isWaiting = true;
    this.#misses = 0;
    const done = (): void => {
      this.#isWaiting = false;
    };
    // Whatever keeps it from answering, its end is noticed otherwise.
    this.#watched.ask().then(done, done);
  }
}
