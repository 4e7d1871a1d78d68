// Owns the places for sessions of one worker. As long as it is within its share of a limit it asks nobody;
// beyond it, the supervisor counts for all.
import type { ListenerConfig } from '../../config/schema.ts';
import type {
  SessionLimit,
  SessionLimits,
  SessionPlaces,
  Slot,
} from '../../proxy/session-count.ts';
import type { SharedLimit } from './messages.ts';

export interface PlacesOffice {
  /** Takes a place under each, or under none; the limit that stands against it. */
  take(limits: readonly SharedLimit[]): Promise<SessionLimit | null>;
  release(key: string): void;
}

export class WorkerPlaces implements SessionPlaces {
  readonly #workers: number;
  readonly #office: PlacesOffice;
  readonly #taken = new Map<string, number>();
  readonly #pooled: Set<string>;
  /** Until they are set there is no place. */
  #limits: SessionLimits = { maxSessions: 0, maxSessionsPerAddress: 0 };

  constructor(workers: number, office: PlacesOffice, pooled: readonly string[]) {
    this.#workers = workers;
    this.#office = office;
    this.#pooled = new Set(pooled);
  }

  setLimits(limits: SessionLimits): void {
    this.#limits = limits;
  }

  /** From here on the supervisor counts; it is told of every place that becomes free. */
  pool(key: string): number {
    this.#pooled.add(key);
    return this.#taken.get(key) ?? 0;
  }

  unpool(key: string): void {
    this.#pooled.delete(key);
  }

  tryTake(
    address: string,
    listener: Pick<ListenerConfig, 'name' | 'maxSessions'>,
  ): Slot | Promise<Slot> {
    const all = this.#limitsOn(address, listener);
    const beyond = all.filter((each) => this.#isBeyondShare(each));
    if (beyond.length === 0) {
      for (const { key } of all) this.#count(key, 1);
      return this.#slot(all);
    }
    return this.#ask(all, beyond);
  }

  async #ask(all: readonly SharedLimit[], beyond: readonly SharedLimit[]): Promise<Slot> {
    const own = all.filter((each) => !beyond.includes(each));
    for (const { key } of own) this.#count(key, 1);
    try {
      const full = await this.#office.take(beyond);
      if (full === null) {
        for (const { key } of beyond) this.#count(key, 1);
        return this.#slot(all);
      }
      this.#release(own);
      return { kind: 'full', limit: full };
    } catch (error) {
      this.#release(own);
      throw error;
    }
  }

  #limitsOn(
    address: string,
    { name, maxSessions }: Pick<ListenerConfig, 'name' | 'maxSessions'>,
  ): readonly SharedLimit[] {
    return [
      { limit: 'total', key: 'total', places: this.#limits.maxSessions },
      { limit: 'listener', key: `listener ${name}`, places: maxSessions },
      { limit: 'address', key: `address ${address}`, places: this.#limits.maxSessionsPerAddress },
    ];
  }

  #isBeyondShare({ key, places }: SharedLimit): boolean {
    return (
      this.#pooled.has(key) || (this.#taken.get(key) ?? 0) >= Math.floor(places / this.#workers)
    );
  }

  #slot(limits: readonly SharedLimit[]): Slot {
    return { kind: 'taken', release: () => this.#release(limits) };
  }

  #release(limits: readonly SharedLimit[]): void {
    for (const { key } of limits) {
      this.#count(key, -1);
      if (this.#pooled.has(key)) this.#office.release(key);
    }
  }

  /** Counters that reach zero are removed, so that the map holds only who is there. */
  #count(key: string, step: 1 | -1): void {
    const count = (this.#taken.get(key) ?? 0) + step;
    if (count === 0) this.#taken.delete(key);
    else this.#taken.set(key, count);
  }
}
