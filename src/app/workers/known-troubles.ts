// Owns that a trouble which one worker has had with a message is known to all: the client's next session
// may be with another one, or with one that is started later.
import type { Clock } from '../../base/clock.ts';
import { troubleLimits } from '../surroundings.ts';
import type { KnownTrouble } from './messages.ts';

export interface TroubleListener {
  hear(trouble: KnownTrouble): void;
}

export class KnownTroubles {
  readonly #clock: Clock;
  readonly #listeners = new Set<TroubleListener>();
  /** The oldest first. */
  readonly #known = new Map<string, KnownTrouble & { readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What was before; from here on it hears. */
  join(listener: TroubleListener): KnownTrouble[] {
    this.#listeners.add(listener);
    const sinceMs = this.#clock.monotonicMs() - troubleLimits.ttlMs;
    return [...this.#known.values()]
      .filter(({ atMs }) => atMs > sinceMs)
      .map(({ key, trouble }) => ({ key, trouble }));
  }

  leave(listener: TroubleListener): void {
    this.#listeners.delete(listener);
  }

  tell(from: TroubleListener, { key, trouble }: KnownTrouble): void {
    this.#known.delete(key);
    this.#known.set(key, { key, trouble, atMs: this.#clock.monotonicMs() });
    for (const [oldest] of this.#known) {
      if (this.#known.size <= troubleLimits.maxEntries) break;
      this.#known.delete(oldest);
    }
    for (const each of this.#listeners) if (each !== from) each.hear({ key, trouble });
  }
}
