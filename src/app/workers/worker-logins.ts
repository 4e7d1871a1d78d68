// Owns what one worker knows of failed logins: a login of which nothing is suspect asks nobody; the
// supervisor, who has all failed ones in view, is asked for the others.
import type { Clock } from '../../base/clock.ts';
import type { LoginGate, LoginKeys, Permit, RefusalWords } from '../../proxy/logins/login-gate.ts';
import { SuspectList, type Suspicion } from '../../proxy/logins/suspicion.ts';
import { createMemoryCache } from '../../stores/memory.ts';
import type { Cache } from '../../stores/store.ts';
import { maxSuspects } from './common-logins.ts';
import type { LoginOrders } from './messages.ts';

export interface LoginOffice {
  ask(keys: LoginKeys): Promise<Permit>;
  accepted(keys: LoginKeys): void;
  /** Resolves when all workers have been told. */
  wrongPassword(keys: LoginKeys, words: RefusalWords): Promise<void>;
  knows(name: string): Promise<boolean>;
}

/** For an hour the supervisor need not hear of the same login again. */
const toldLimits = { maxEntries: 20_000, ttlMs: 3_600_000 };
/** How often it hears that an upstream takes logins at all, which ends a row of refusals. */
const upstreamTold = { maxEntries: 1000, ttlMs: 1000 };

const granted: Permit = { kind: 'granted' };

export class WorkerLogins implements LoginGate {
  readonly digestKey: Buffer;
  readonly #office: LoginOffice;
  readonly #suspects: SuspectList;
  readonly #told: Cache<true>;
  readonly #toldOfUpstream: Cache<true>;

  constructor(office: LoginOffice, { digestKey, suspicions }: LoginOrders, clock: Clock) {
    this.#office = office;
    this.digestKey = Buffer.from(digestKey, 'base64');
    this.#suspects = new SuspectList(clock, maxSuspects);
    this.#told = createMemoryCache(toldLimits, clock);
    this.#toldOfUpstream = createMemoryCache(upstreamTold, clock);
    this.suspect(suspicions);
  }

  isFamiliar(keys: LoginKeys): boolean {
    return this.#told.get(pairOf(keys)) === true;
  }

  /** Kept by the supervisor. */
  setLimits(): void {}

  suspect(suspicions: readonly Suspicion[]): void {
    for (const suspicion of suspicions) this.#suspects.add(suspicion);
  }

  ask(keys: LoginKeys): Permit | Promise<Permit> {
    return this.#suspects.concerns(keys) ? this.#office.ask(keys) : granted;
  }

  accepted(keys: LoginKeys): void {
    const pair = pairOf(keys);
    const isTold = this.#told.get(pair) === true && !this.#suspects.concerns(keys);
    if (isTold && this.#toldOfUpstream.get(keys.upstream) === true) return;
    this.#told.set(pair, true);
    this.#toldOfUpstream.set(keys.upstream, true);
    this.#office.accepted(keys);
  }

  wrongPassword(keys: LoginKeys, words: RefusalWords): Promise<void> {
    return this.#office.wrongPassword(keys, words);
  }

  /** Nobody to ask: the name may as well be a password. */
  knows(name: string): Promise<boolean> {
    return this.#office.knows(name).catch(() => false);
  }
}

function pairOf({ name, account, network }: LoginKeys): string {
  return `${name} ${account} ${network}`;
}
