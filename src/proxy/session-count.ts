// Owns the limits on sessions: in all, per listener, per client address.
import type { LimitsConfig, ListenerConfig } from '../config/schema.ts';

export type Slot =
  | { readonly kind: 'taken'; release(): void }
  | { readonly kind: 'full'; readonly limit: SessionLimit };

export type SessionLimit = 'total' | 'listener' | 'address';

export type SessionLimits = Pick<LimitsConfig, 'maxSessions' | 'maxSessionsPerAddress'>;

/** Who gives out places for sessions. */
export interface SessionPlaces {
  /** A promise where somebody else has to be asked. */
  tryTake(
    address: string,
    listener: Pick<ListenerConfig, 'name' | 'maxSessions'>,
  ): Slot | Promise<Slot>;
  /** For sessions to come; those that are there stay. */
  setLimits(limits: SessionLimits): void;
}

/** Counts the sessions of this process. */
export class SessionCount implements SessionPlaces {
  #limits: SessionLimits;
  readonly #perAddress = new Map<string, number>();
  readonly #perListener = new Map<string, number>();
  #total = 0;

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  setLimits(limits: SessionLimits): void {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  tryTake(address: string, listener: Pick<ListenerConfig, 'name' | 'maxSessions'>): Slot {
    const ofAddress = this.#perAddress.get(address) ?? 0;
    const ofListener = this.#perListener.get(listener.name) ?? 0;
    if (this.#total >= this.#limits.maxSessions) return { kind: 'full', limit: 'total' };
    if (ofListener >= listener.maxSessions) return { kind: 'full', limit: 'listener' };
    if (ofAddress >= this.#limits.maxSessionsPerAddress) return { kind: 'full', limit: 'address' };
    this.#add(address, listener.name, 1);
    return { kind: 'taken', release: () => this.#add(address, listener.name, -1) };
  }

  #add(address: string, listener: string, step: 1 | -1): void {
    this.#total += step;
    move(this.#perAddress, address, step);
    move(this.#perListener, listener, step);
  }
}

/** Counters that reach zero are removed, so that the map holds only who is there. */
function move(counts: Map<string, number>, key: string, step: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + step;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
