// Owns the question for SRV records of POP3 (RFC 6186 s.3.3), and what is remembered of the answers.
import { Resolver } from 'node:dns/promises';
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { SrvRecord } from '../srv-order.ts';
import { lookupFailed } from './lookup-failed.ts';

export interface SrvAnswer {
  /** Of `_pop3s._tcp`: implicit TLS. */
  readonly implicit: readonly SrvRecord[];
  /** Of `_pop3._tcp`: upgraded by STLS. */
  readonly stls: readonly SrvRecord[];
}

export type ResolveSrv = (name: string) => Promise<readonly SrvRecord[]>;

/** Node tells no TTL of SRV records; this is what most zones have, and soon enough after a change. */
const rememberedMs = 300_000;
const maxRemembered = 1_000;
const deadlineMs = 10_000;
/** Of one service; thousands fit into an answer, from whoever has a domain. */
const maxServers = 20;

export class SrvRecords {
  readonly #clock: Clock;
  readonly #resolve: ResolveSrv;
  readonly #known = new Map<string, { readonly answer: SrvAnswer; readonly untilMs: number }>();

  constructor(clock: Clock, resolve: ResolveSrv = resolveBySystem) {
    this.#clock = clock;
    this.#resolve = resolve;
  }

  /** Throws LOOKUP_FAILED, or the reason of the signal; what failed is not remembered. */
  async find(domain: string, signal: AbortSignal): Promise<SrvAnswer> {
    const known = this.#known.get(domain);
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) return known.answer;
    const answer = await withDeadline(
      this.#clock,
      deadlineMs,
      signal,
      () => this.#ask(domain),
      () => lookupFailed('no answer in time'),
    );
    // Last in the map again.
    this.#known.delete(domain);
    this.#known.set(domain, { answer, untilMs: this.#clock.monotonicMs() + rememberedMs });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxRemembered) break;
      this.#known.delete(oldest);
    }
    return answer;
  }

  async #ask(domain: string): Promise<SrvAnswer> {
    const [implicit, stls] = await Promise.all([
      this.#records(`_pop3s._tcp.${domain}`),
      this.#records(`_pop3._tcp.${domain}`),
    ]);
    return { implicit, stls };
  }

  async #records(name: string): Promise<readonly SrvRecord[]> {
    try {
      return firstOf(await this.#resolve(name));
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
      throw lookupFailed('no answer of the DNS', cause);
    }
  }
}

/** RFC 2782: the lowest priority first. */
function firstOf(records: readonly SrvRecord[]): readonly SrvRecord[] {
  return records
    .toSorted((one, other) => one.priority - other.priority)
    .slice(0, maxServers)
    .map(({ name, port, priority, weight }) => ({ name, port, priority, weight }));
}

function resolveBySystem(name: string): Promise<readonly SrvRecord[]> {
  return new Resolver({ timeout: 3_000, tries: 2 }).resolveSrv(name);
}
