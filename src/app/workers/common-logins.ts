// Owns what all workers know of failed logins: one desk for all of them, and who has to ask it.
import type { LoginsConfig } from '../../config/schema.ts';
import { type DeskServices, LoginDesk } from '../../proxy/logins/login-desk.ts';
import type { LoginKeys, Permit, RefusalWords } from '../../proxy/logins/login-gate.ts';
import { SuspectList, type Suspicion } from '../../proxy/logins/suspicion.ts';
import type { LoginOrders } from './messages.ts';

export interface SuspicionListener {
  /** Resolves when it asks about such logins. */
  suspect(suspicions: readonly Suspicion[]): Promise<void>;
}

/** Beyond it the oldest are above suspicion again in the workers; the desk has a bound of its own. */
export const maxSuspects = 100_000;

export class CommonLogins {
  readonly #desk: LoginDesk;
  readonly #suspects: SuspectList;
  readonly #listeners = new Set<SuspicionListener>();

  constructor(limits: LoginsConfig, services: DeskServices) {
    this.#desk = new LoginDesk(limits, services);
    this.#suspects = new SuspectList(services.clock, maxSuspects);
  }

  setLimits(limits: LoginsConfig): void {
    this.#desk.setLimits(limits);
  }

  /** What was before; from here on it is told. */
  join(listener: SuspicionListener): LoginOrders {
    this.#listeners.add(listener);
    return {
      digestKey: this.#desk.digestKey.toString('base64'),
      suspicions: this.#suspects.all(),
    };
  }

  leave(listener: SuspicionListener): void {
    this.#listeners.delete(listener);
  }

  ask(keys: LoginKeys): Permit {
    return this.#desk.ask(keys);
  }

  accepted(keys: LoginKeys): void {
    this.#desk.accepted(keys);
  }

  /** All workers know when it resolves: the client may come back to another of them at once. */
  async wrongPassword(keys: LoginKeys, words: RefusalWords): Promise<void> {
    const suspicions = this.#desk.wrongPassword(keys, words);
    if (suspicions.length === 0) return;
    for (const suspicion of suspicions) this.#suspects.add(suspicion);
    await Promise.all([...this.#listeners].map((each) => each.suspect(suspicions)));
  }

  knows(name: string): boolean {
    return this.#desk.knows(name);
  }
}
