// Owns the passwords that an upstream has refused lately, as digests. The same one is not sent again for
// a while: a client with an old password must not get everybody's address blocked by the provider.
import type { Clock } from '../../base/clock.ts';
import { createMemoryCache } from '../../stores/memory.ts';
import type { Cache } from '../../stores/store.ts';
import type { RefusalWords } from './login-gate.ts';

export interface RefusedPasswordLimits {
  /** For which it is not sent again; 0 remembers none. */
  readonly firstMs: number;
  readonly maxEntries: number;
}

interface Refused {
  readonly words: RefusalWords;
  readonly pauseMs: number;
  readonly untilMs: number;
}

const longestMs = 3_600_000;
/** After its pause it is sent again; refused again, the pause is to be longer. */
const memoryMs = 86_400_000 + longestMs;

export class RefusedPasswords {
  readonly #clock: Clock;
  #limits: RefusedPasswordLimits;
  #refused: Cache<Refused>;

  constructor(limits: RefusedPasswordLimits, clock: Clock) {
    this.#clock = clock;
    this.#limits = limits;
    this.#refused = this.#createCache();
  }

  setLimits(limits: RefusedPasswordLimits): void {
    const isResized = limits.maxEntries !== this.#limits.maxEntries;
    this.#limits = limits;
    if (isResized) this.#refused = this.#createCache();
  }

  /** What the upstream said, while the same password is not to be sent. */
  find(secret: string): RefusalWords | undefined {
    const found = this.#refused.get(secret);
    if (found === undefined || this.#limits.firstMs === 0) return undefined;
    return found.untilMs > this.#clock.monotonicMs() ? found.words : undefined;
  }

  /** For how long it is not sent again. */
  add(secret: string, words: RefusalWords): number {
    const { firstMs } = this.#limits;
    if (firstMs === 0) return 0;
    const before = this.#refused.get(secret);
    const nextMs = before === undefined ? firstMs : before.pauseMs * 2;
    const pauseMs = Math.min(nextMs, Math.max(firstMs, longestMs));
    this.#refused.set(secret, { words, pauseMs, untilMs: this.#clock.monotonicMs() + pauseMs });
    return pauseMs;
  }

  #createCache(): Cache<Refused> {
    return createMemoryCache({ maxEntries: this.#limits.maxEntries, ttlMs: memoryMs }, this.#clock);
  }
}
