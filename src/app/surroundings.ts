// Owns what a proxy has from the process it runs in: all to itself, or its part where several share the work.
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Config } from '../config/schema.ts';
import { type CentralParts, partsAtHand } from '../pipeline/central-parts.ts';
import { LoginDesk } from '../proxy/logins/login-desk.ts';
import type { LoginGate } from '../proxy/logins/login-gate.ts';
import { type InheritedSockets, noSockets } from '../proxy/open-socket.ts';
import { SessionCount, type SessionPlaces } from '../proxy/session-count.ts';
import type { Trouble } from '../proxy/troubles.ts';
import { createMemoryCache } from '../stores/memory.ts';
import type { Cache } from '../stores/store.ts';
import type { SharedTls } from '../tls/material.ts';

/** Who does what there must be only one of: this process, or one of the others. */
export type Doer = 'here' | 'elsewhere';

export interface Surroundings {
  /** That serve together. */
  readonly processes: number;
  readonly places: SessionPlaces;
  /** Handed over at the start. */
  readonly sockets: InheritedSockets;
  readonly logins: LoginGate;
  readonly troubles: Cache<Trouble>;
  readonly centralParts: CentralParts;
  /** The pages of metrics and of settings for mail programs. */
  readonly pages: Doer;
  /** Removing what has been in quarantine for long enough, and saying what is true of all. */
  readonly chores: Doer;
  /** Undefined: each listener makes its own. */
  readonly tls: SharedTls | undefined;
}

/** Long enough for the next polls of a client that asks once a day. */
export const troubleLimits = { maxEntries: 10_000, ttlMs: 2 * 86_400_000 };

export function createTroubles() {
  return createMemoryCache<Trouble>(troubleLimits);
}

/** Nobody else is there. */
export function alone(
  { limits, logins }: Pick<Config, 'limits' | 'logins'>,
  log: Logger,
  sockets: InheritedSockets = noSockets,
): Surroundings {
  return {
    processes: 1,
    places: new SessionCount(limits),
    sockets,
    logins: new LoginDesk(logins, { clock: systemClock, log }),
    troubles: createTroubles(),
    centralParts: partsAtHand,
    pages: 'here',
    chores: 'here',
    tls: undefined,
  };
}
