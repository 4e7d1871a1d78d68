// Owns which of several servers a session tries, and in which order: the one that has the mailbox, unless
// it has failed lately. Pure: the time and the dice are arguments.
import { hash } from 'node:crypto';
import type { HostPort } from './target-policy.ts';

/**
 * A server, and what it has to be able to do. Whoever names servers in the DNS may also say what is asked
 * of them: what a server cannot do for one domain must not keep others away from it.
 */
export interface TriedServer extends HostPort {
  readonly tls?: string | undefined;
  /** That the certificate has to carry. */
  readonly serverName?: string | undefined;
}

/** A server that sessions may go to; of two tiers, the lower one is tried first. */
export interface Candidate extends TriedServer {
  readonly tier?: number | undefined;
}

interface Failing {
  readonly failures: number;
  /** Until then it is passed over as long as there is another. */
  readonly retryAtMs: number;
}

/** The first pause after a failure; each further one doubles it. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;
/** Of a pause; without it all processes and hosts would come back in one moment. */
const jitter = 0.25;
/** Names of hosts may come from clients; who has failed longest ago is forgotten first. */
const maxFailing = 1_000;

export class HostHealth {
  readonly #random: () => number;
  readonly #failing = new Map<string, Failing>();

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How many hosts have failed when they were tried last. */
  get failingHosts(): number {
    return this.#failing.size;
  }

  /**
   * Best first. A mailbox stays on one host by rendezvous hashing: of all hosts, each account has an
   * order of its own, so a host that goes away moves its own mailboxes only.
   */
  order<Target extends Candidate>(
    candidates: readonly Target[],
    account: string,
    nowMs: number,
  ): readonly Target[] {
    if (candidates.length < 2) return candidates;
    const ranked = candidates.map((target) => ({
      target,
      tier: target.tier ?? 0,
      pausedUntilMs: this.#pausedUntilMs(target, nowMs),
      weight: hash('sha256', `${target.host} ${target.port} ${account}`),
    }));
    ranked.sort(
      (one, other) =>
        one.pausedUntilMs - other.pausedUntilMs ||
        one.tier - other.tier ||
        (one.weight < other.weight ? 1 : -1),
    );
    return ranked.map(({ target }) => target);
  }

  /** A failing host whose pause is over gets one session to show that it is back, not all of them. */
  trying(target: TriedServer, nowMs: number): void {
    const failing = this.#failing.get(keyOf(target));
    if (failing !== undefined) this.#pause(target, failing.failures, nowMs);
  }

  /** What has become of the host by this: `failing` when it was well until now. */
  failed(target: TriedServer, nowMs: number): 'failing' | 'still failing' {
    const earlier = this.#failing.get(keyOf(target))?.failures ?? 0;
    this.#pause(target, earlier + 1, nowMs);
    return earlier === 0 ? 'failing' : 'still failing';
  }

  succeeded(target: TriedServer): 'well' | 'well again' {
    return this.#failing.delete(keyOf(target)) ? 'well again' : 'well';
  }

  /** 0 for one that may be tried. */
  #pausedUntilMs(target: TriedServer, nowMs: number): number {
    const retryAtMs = this.#failing.get(keyOf(target))?.retryAtMs ?? 0;
    return retryAtMs > nowMs ? retryAtMs : 0;
  }

  #pause(target: TriedServer, failures: number, nowMs: number): void {
    const fullMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10));
    const pauseMs = fullMs * (1 - jitter * this.#random());
    const key = keyOf(target);
    // Last in the map again.
    this.#failing.delete(key);
    this.#failing.set(key, { failures, retryAtMs: nowMs + pauseMs });
    if (this.#failing.size <= maxFailing) return;
    for (const oldest of this.#failing.keys()) {
      this.#failing.delete(oldest);
      break;
    }
  }
}

function keyOf({ host, port, tls = '', serverName = '' }: TriedServer): string {
  return `${host} ${port} ${tls} ${serverName}`;
}
