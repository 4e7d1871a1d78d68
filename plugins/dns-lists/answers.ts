// Owns asking the DNS for addresses, and remembering what it says for as long as it allows. Each question is
// asked once at a time.
import { Resolver } from 'node:dns/promises';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#plugin-api';

export type Answer =
  | { readonly kind: 'found'; readonly addresses: readonly string[] }
  /** There is no such name. */
  | { readonly kind: 'absent' }
  /** Nobody has answered. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface AnswerTimes {
  readonly timeoutMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** RFC 2308 has the zone say it; the resolver of this runtime does not pass it on. */
  readonly absenceMs: number;
  readonly failureMs: number;
}

const maxEntries = 50_000;
const mostAddresses = 20;
const absences: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

export class Answers {
  readonly #resolver: Resolver;
  readonly #times: AnswerTimes;
  readonly #known: LRUCache<string, Answer>;
  readonly #open = new Map<string, Promise<Answer>>();

  constructor(servers: readonly string[] | undefined, times: AnswerTimes, clock: Clock) {
    this.#times = times;
    this.#resolver = new Resolver({
      timeout: Math.max(50, Math.floor(times.timeoutMs / 2)),
      tries: 2,
    });
    if (servers !== undefined) this.#resolver.setServers([...servers]);
    this.#known = new LRUCache<string, Answer>({
      max: maxEntries,
      ttl: times.maxMs,
      ttlResolution: 0,
      // To this package, a time of 0 is none.
      perf: { now: () => clock.monotonicMs() + 1 },
    });
  }

  /** Known already? Costs no question. */
  peek(name: string): Answer | undefined {
    return this.#known.get(name);
  }

  ask(name: string): Promise<Answer> {
    const known = this.#known.get(name);
    if (known !== undefined) return Promise.resolve(known);
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    const asking = this.#ask(name).finally(() => this.#open.delete(name));
    this.#open.set(name, asking);
    return asking;
  }

  stop(): void {
    this.#resolver.cancel();
  }

  async #ask(name: string): Promise<Answer> {
    const { minMs, maxMs, absenceMs, failureMs } = this.#times;
    try {
      // With a dot at its end, so that no search list of the machine is tried.
      const records = await this.#resolver.resolve4(`${name}.`, { ttl: true });
      const ttlMs = Math.min(...records.map(({ ttl }) => ttl * 1000));
      const addresses = records.slice(0, mostAddresses).map(({ address }) => address);
      return this.#keep(name, { kind: 'found', addresses }, clamp(ttlMs, minMs, maxMs));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      if (absences.has(code)) return this.#keep(name, { kind: 'absent' }, absenceMs);
      return this.#keep(name, { kind: 'failed', reason: code }, failureMs);
    }
  }

  #keep(name: string, answer: Answer, ttlMs: number): Answer {
    this.#known.set(name, answer, { ttl: ttlMs });
    return answer;
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
