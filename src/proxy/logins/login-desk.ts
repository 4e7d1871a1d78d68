// Owns what is known of failed logins over all connections, and so whether the next one may go at once.
// All of it is in memory, bounded, and forgotten by time.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { LoginsConfig } from '../../config/schema.ts';
import { createMemoryCache } from '../../stores/memory.ts';
import type { Cache } from '../../stores/store.ts';
import { FailureCounts } from './failure-counts.ts';
import type { LoginGate, LoginKeys, LoginLimit, Permit, RefusalWords } from './login-gate.ts';
import { RefusedPasswords } from './refused-passwords.ts';
import { isSharedAddress } from './shared-address.ts';
import { type Suspicion, suspectKey } from './suspicion.ts';

/** What a login has to wait for. */
interface Wait {
  readonly limit: LoginLimit;
  readonly counts: FailureCounts;
  readonly key: string;
  /** `queued` attempts go one after another, and a queue that is too long takes no more. */
  readonly mode: 'queued' | 'delayed';
}

export interface DeskServices {
  readonly clock: Clock;
  readonly log: Logger;
}

const keyOctets = 32;
/** A holiday. */
const familiarMs = 30 * 86_400_000;
const familiarEntries = 100_000;
/** Routes name few upstreams, but a login name may choose one. */
const maxUpstreams = 1000;

export class LoginDesk implements LoginGate {
  readonly digestKey: Buffer = randomBytes(keyOctets);
  readonly #clock: Clock;
  readonly #log: Logger;
  #limits: LoginsConfig;
  readonly #addresses: FailureCounts;
  readonly #accounts: FailureCounts;
  /** An account from one address. */
  readonly #pairs: FailureCounts;
  readonly #upstreams: FailureCounts;
  readonly #passwords: RefusedPasswords;
  /** Login names, and accounts from an address, that have logged in. */
  readonly #familiar: Cache<true>;

  constructor(limits: LoginsConfig, { clock, log }: DeskServices) {
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#addresses = new FailureCounts(paceOf(limits, 'address'), limits.maxEntries);
    this.#accounts = new FailureCounts(paceOf(limits, 'account'), limits.maxEntries);
    this.#pairs = new FailureCounts(paceOf(limits, 'account'), limits.maxEntries);
    this.#upstreams = new FailureCounts(paceOf(limits, 'upstream'), maxUpstreams);
    this.#passwords = new RefusedPasswords(passwordLimits(limits), clock);
    const memory = { maxEntries: familiarEntries, ttlMs: familiarMs };
    this.#familiar = createMemoryCache(memory, clock);
  }

  setLimits(limits: LoginsConfig): void {
    this.#limits = limits;
    this.#addresses.setPace(paceOf(limits, 'address'), limits.maxEntries);
    this.#accounts.setPace(paceOf(limits, 'account'), limits.maxEntries);
    this.#pairs.setPace(paceOf(limits, 'account'), limits.maxEntries);
    this.#upstreams.setPace(paceOf(limits, 'upstream'), maxUpstreams);
    this.#passwords.setLimits(passwordLimits(limits));
  }

  ask(keys: LoginKeys): Permit {
    const words = this.#passwords.find(keys.secret);
    if (words !== undefined) return { kind: 'samePassword', words };
    const nowMs = this.#clock.monotonicMs();
    const waits = this.#waitsOf(keys);
    let afterMs = 0;
    let longest: LoginLimit = 'address';
    for (const { limit, counts, key, mode } of waits) {
      const waitMs = counts.waitMs(key, nowMs);
      if (waitMs > this.#limits.maxDelayMs && mode === 'queued') {
        return { kind: 'refused', limit, afterMs: this.#limits.firstDelayMs };
      }
      if (waitMs <= afterMs) continue;
      afterMs = waitMs;
      longest = limit;
    }
    for (const { counts, key, mode } of waits) {
      if (mode === 'queued') counts.reserve(key, afterMs, nowMs);
    }
    return afterMs === 0 ? { kind: 'granted' } : { kind: 'delayed', limit: longest, afterMs };
  }

  accepted(keys: LoginKeys): void {
    const pair = pairOf(keys);
    this.#upstreams.forget(this.#laneOf(keys));
    this.#pairs.forget(pair);
    this.#familiar.set(pair, true);
    this.#familiar.set(keys.name, true);
  }

  /** What the next logins have to be asked about. */
  wrongPassword(keys: LoginKeys, words: RefusalWords): readonly Suspicion[] {
    const nowMs = this.#clock.monotonicMs();
    const lane = this.#laneOf(keys);
    // Many guesses at one account say nothing about how the upstream takes the others.
    const isAnotherAccount = this.#accounts.failures(keys.account, nowMs) < 0.5;
    if (!isSharedAddress(keys, this.#limits)) this.#addresses.failed(keys.network, nowMs);
    this.#accounts.failed(keys.account, nowMs);
    this.#pairs.failed(pairOf(keys), nowMs);
    if (isAnotherAccount) this.#failedAt(lane, keys, nowMs);
    const laneForMs = this.#upstreams.slowForMs(lane, nowMs);
    // An upstream that refuses everybody may well refuse passwords that are right.
    const secretForMs = laneForMs === 0 ? this.#passwords.add(keys.secret, words) : 0;
    const suspicions: readonly Suspicion[] = [
      { key: suspectKey.network(keys), forMs: this.#addresses.slowForMs(keys.network, nowMs) },
      { key: suspectKey.account(keys), forMs: this.#accounts.slowForMs(keys.account, nowMs) },
      { key: suspectKey.account(keys), forMs: this.#pairs.slowForMs(pairOf(keys), nowMs) },
      { key: suspectKey.upstream(keys), forMs: laneForMs },
      { key: suspectKey.secret(keys), forMs: secretForMs },
    ];
    return suspicions.filter(({ forMs }) => forMs > 0);
  }

  knows(name: string): boolean {
    return this.#familiar.get(name) === true;
  }

  #failedAt(lane: string, { upstream }: LoginKeys, nowMs: number): void {
    const wasSlow = this.#upstreams.slowForMs(lane, nowMs) > 0;
    this.#upstreams.failed(lane, nowMs);
    if (wasSlow || this.#upstreams.slowForMs(lane, nowMs) === 0) return;
    this.#log.warn({ upstream }, 'one account after another is refused: logins are slowed down');
  }

  /** Who has logged in from there before waits for nobody's failures but their own. */
  #waitsOf(keys: LoginKeys): readonly Wait[] {
    const own: readonly Wait[] = [
      { limit: 'account', counts: this.#pairs, key: pairOf(keys), mode: 'queued' },
      { limit: 'upstream', counts: this.#upstreams, key: this.#laneOf(keys), mode: 'queued' },
    ];
    if (this.isFamiliar(keys)) return own;
    // Never refused: otherwise anybody could lock out anybody whose name they know.
    const account: Wait = {
      limit: 'account',
      counts: this.#accounts,
      key: keys.account,
      mode: 'delayed',
    };
    if (isSharedAddress(keys, this.#limits)) return [...own, account];
    return [
      ...own,
      account,
      { limit: 'address', counts: this.#addresses, key: keys.network, mode: 'queued' },
    ];
  }

  isFamiliar(keys: LoginKeys): boolean {
    return this.#familiar.get(pairOf(keys)) === true;
  }

  /** Names that strangers make up must not slow down those that the upstream knows. */
  #laneOf(keys: LoginKeys): string {
    return `${this.isFamiliar(keys) ? 'familiar' : 'strangers'} ${keys.upstream}`;
  }
}

function pairOf({ account, network }: LoginKeys): string {
  return `${account} ${network}`;
}

function paceOf(limits: LoginsConfig, limit: LoginLimit) {
  const { failuresPerAddress, failuresPerAccount, failuresPerUpstream } = limits;
  const free = {
    address: failuresPerAddress,
    account: failuresPerAccount,
    upstream: failuresPerUpstream,
  };
  return {
    freeFailures: free[limit],
    firstDelayMs: limits.firstDelayMs,
    maxDelayMs: limits.maxDelayMs,
    halfLifeMs: limits.forgetAfterMs,
  };
}

function passwordLimits({ samePasswordMs, maxEntries }: LoginsConfig) {
  return { firstMs: samePasswordMs, maxEntries };
}
