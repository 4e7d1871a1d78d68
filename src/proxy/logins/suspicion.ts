// Owns which logins cannot go without asking whoever has all failed ones in view: most of them can. The
// list is bounded and each entry ends by itself.
import type { Clock } from '../../base/clock.ts';
import type { LoginKeys } from './login-gate.ts';

/** A part of a login, and for how long it is not above suspicion. */
export interface Suspicion {
  readonly key: string;
  readonly forMs: number;
}

export const suspectKey = {
  network: ({ network }: LoginKeys) => `network ${network}`,
  account: ({ account }: LoginKeys) => `account ${account}`,
  upstream: ({ upstream }: LoginKeys) => `upstream ${upstream}`,
  secret: ({ secret }: LoginKeys) => `secret ${secret}`,
} as const;

const kinds = Object.values(suspectKey);

export class SuspectList {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** Until when, by key; the oldest first. */
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock, maxEntries: number) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  add({ key, forMs }: Suspicion): void {
    const untilMs = this.#clock.monotonicMs() + forMs;
    const known = this.#untilMs.get(key) ?? 0;
    this.#untilMs.delete(key);
    this.#untilMs.set(key, Math.max(untilMs, known));
    for (const [oldest] of this.#untilMs) {
      if (this.#untilMs.size <= this.#maxEntries) break;
      this.#untilMs.delete(oldest);
    }
  }

  concerns(keys: LoginKeys): boolean {
    if (this.#untilMs.size === 0) return false;
    const nowMs = this.#clock.monotonicMs();
    return kinds.some((keyOf) => {
      const key = keyOf(keys);
      const untilMs = this.#untilMs.get(key);
      if (untilMs === undefined) return false;
      if (untilMs <= nowMs) this.#untilMs.delete(key);
      return untilMs > nowMs;
    });
  }

  /** For somebody who begins now. */
  all(): Suspicion[] {
    const nowMs = this.#clock.monotonicMs();
    return [...this.#untilMs]
      .map(([key, untilMs]) => ({ key, forMs: untilMs - nowMs }))
      .filter(({ forMs }) => forMs > 0);
  }
}
