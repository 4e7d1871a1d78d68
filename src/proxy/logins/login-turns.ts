// Owns how many logins of the same client are under way at a time in this process, as long as nothing is
// known of them: what has not been refused yet cannot have been counted.
import type { Clock } from '../../base/clock.ts';
import { Turns } from '../../base/turns.ts';

export interface WantedTurn {
  readonly key: string;
  /** How many have it at a time. */
  readonly places: number;
}

export interface TurnPatience {
  readonly maxWaitMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** What is thrown after `maxWaitMs`. */
  readonly late: Error;
}

interface KeyedTurns {
  readonly turns: Turns;
  users: number;
}

export class LoginTurns {
  readonly #clock: Clock;
  /** Only of those who are there. */
  readonly #turns = new Map<string, KeyedTurns>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#turns.size;
  }

  /** Runs `work` when it has all of the turns, which it waits for in this order. */
  async take<T>(
    wanted: readonly WantedTurn[],
    { maxWaitMs, signal, late }: TurnPatience,
    work: () => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const waiting = new AbortController();
    const onGone = (): void => waiting.abort(signal.reason);
    signal.addEventListener('abort', onGone, { once: true });
    const timer = this.#clock.after(maxWaitMs, () => waiting.abort(late));
    const isOver = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', onGone);
    };
    try {
      return await this.#take(wanted, waiting.signal, () => {
        isOver();
        return work();
      });
    } finally {
      isOver();
    }
  }

  async #take<T>(
    [first, ...others]: readonly WantedTurn[],
    waiting: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    if (first === undefined) return work();
    const { key, places } = first;
    const entry = this.#turns.get(key) ?? { turns: new Turns(places), users: 0 };
    this.#turns.set(key, entry);
    entry.users += 1;
    try {
      return await entry.turns.take(waiting, () => this.#take(others, waiting, work));
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#turns.delete(key);
    }
  }
}
