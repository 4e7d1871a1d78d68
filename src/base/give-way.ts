// Owns giving way to others: work that finds all its octets in memory would otherwise keep the event loop,
// and with it every other session, until it is done.
import { setImmediate } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.ts';

const sliceMs = 10;

export class GiveWay {
  readonly #clock: Clock;
  #sinceMs: number;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** Has the event loop been kept for long enough? Asked often, so it costs no promise. */
  get isDue(): boolean {
    return this.#clock.monotonicMs() - this.#sinceMs >= sliceMs;
  }

  /** Everything else that is ready runs first. */
  async giveWay(): Promise<void> {
    await setImmediate();
    this.#sinceMs = this.#clock.monotonicMs();
  }
}
