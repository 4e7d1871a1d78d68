// Owns the count of places under limits that a worker has come near to. All others are kept by the
// workers, each within its share, so that the supervisor hears nothing of most sessions.
import type { Clock, Timer } from '../../base/clock.ts';
import type { SessionLimit } from '../../proxy/session-count.ts';
import type { SharedLimit } from './messages.ts';

/** A worker as the pool knows it. */
export interface PlaceHolder {
  /** Asks how many places it has, which it tells to `counted`; from then on it asks for more. */
  pool(key: string): void;
  unpool(key: string): void;
}

interface Pooled {
  /** Of the limit, as it was last asked for. */
  places: number;
  readonly taken: Map<PlaceHolder, number>;
  /** Who has not said yet how many places it has. */
  readonly unknown: Set<PlaceHolder>;
  /** Resolves when all have. */
  readonly counted: PromiseWithResolvers<void>;
}

/**
 * Between a place that was given out and the end of the pool, the answer must have left: otherwise the
 * worker could be asked for its count before it knows of that place.
 */
const sweepEveryMs = 1000;

export class PlacePool {
  readonly #workers: number;
  readonly #clock: Clock;
  readonly #holders = new Set<PlaceHolder>();
  readonly #pooled = new Map<string, Pooled>();
  #sweep: Timer | undefined;

  constructor(workers: number, clock: Clock) {
    this.#workers = workers;
    this.#clock = clock;
  }

  /** A worker without any place; the limits that are pooled already. */
  join(holder: PlaceHolder): readonly string[] {
    this.#holders.add(holder);
    return [...this.#pooled.keys()];
  }

  /** Its places are free. */
  leave(holder: PlaceHolder): void {
    this.#holders.delete(holder);
    for (const pooled of this.#pooled.values()) {
      pooled.taken.delete(holder);
      heardOf(pooled, holder);
    }
  }

  counted(holder: PlaceHolder, key: string, taken: number): void {
    const pooled = this.#pooled.get(key);
    if (pooled?.unknown.has(holder) !== true) return;
    pooled.taken.set(holder, taken);
    heardOf(pooled, holder);
  }

  /** Takes a place under each limit, or under none; the limit that stands against it. */
  async take(holder: PlaceHolder, limits: readonly SharedLimit[]): Promise<SessionLimit | null> {
    for (;;) {
      const wanted = limits.map((each) => ({ ...each, pooled: this.#poolOf(each) }));
      const uncounted = wanted.filter(({ pooled }) => pooled.unknown.size > 0);
      if (uncounted.length === 0) {
        const full = wanted.find(({ pooled, places }) => sum(pooled) >= places);
        if (full !== undefined) return full.limit;
        // Whoever has ended meanwhile has no use for it.
        if (this.#holders.has(holder)) for (const { pooled } of wanted) add(pooled, holder, 1);
        return null;
      }
      await Promise.all(uncounted.map(({ pooled }) => pooled.counted.promise));
    }
  }

  release(holder: PlaceHolder, key: string): void {
    const pooled = this.#pooled.get(key);
    // Who has yet to say how many places it has leaves this one out.
    if (pooled === undefined || pooled.unknown.has(holder)) return;
    add(pooled, holder, -1);
  }

  #poolOf({ key, places }: SharedLimit): Pooled {
    const known = this.#pooled.get(key);
    if (known !== undefined) {
      known.places = places;
      return known;
    }
    const pooled: Pooled = {
      places,
      taken: new Map(),
      unknown: new Set(this.#holders),
      counted: Promise.withResolvers(),
    };
    this.#pooled.set(key, pooled);
    for (const holder of this.#holders) holder.pool(key);
    this.#sweep ??= this.#clock.after(sweepEveryMs, () => this.#unpoolFew());
    return pooled;
  }

  /** Below half of its share each, the workers keep the limit by themselves again. */
  #unpoolFew(): void {
    for (const [key, pooled] of this.#pooled) {
      const share = Math.floor(pooled.places / this.#workers);
      const isFew = [...pooled.taken.values()].every((taken) => taken * 2 <= share);
      if (!isFew || pooled.unknown.size > 0) continue;
      this.#pooled.delete(key);
      for (const holder of this.#holders) holder.unpool(key);
    }
    this.#sweep =
      this.#pooled.size === 0
        ? undefined
        : this.#clock.after(sweepEveryMs, () => this.#unpoolFew());
  }
}

function heardOf(pooled: Pooled, holder: PlaceHolder): void {
  pooled.unknown.delete(holder);
  if (pooled.unknown.size === 0) pooled.counted.resolve();
}

function sum({ taken }: Pooled): number {
  return [...taken.values()].reduce((total, count) => total + count, 0);
}

function add({ taken }: Pooled, holder: PlaceHolder, step: 1 | -1): void {
  taken.set(holder, (taken.get(holder) ?? 0) + step);
}
