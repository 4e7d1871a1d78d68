// Owns the questions that one message may put to the DNS: how many, and for how long.
import type { Clock } from '#plugin-api';
import { type DnsCache, isAbsence, isBadName, type RecordType } from './dns-cache.ts';

export interface LookupLimits {
  readonly maxLookups: number;
  /** For all questions of a message together. */
  readonly totalMs: number;
}

// RFC 1035 s.3.1.
const longestName = 253;

export class Lookups {
  readonly #cache: DnsCache;
  readonly #limits: LookupLimits;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** From the first question on: before, the message was still arriving. */
  #endMs: number | undefined;
  #count = 0;
  #hasFailed = false;

  constructor(cache: DnsCache, limits: LookupLimits, clock: Clock, signal: AbortSignal) {
    this.#cache = cache;
    this.#limits = limits;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** A question without an answer, in time or at all. That there is no such record is an answer. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** In the form that mailauth wants: errors have the codes of node:dns. */
  readonly resolve = async (name: string, type: string): Promise<string[] | string[][]> => {
    // Nothing else is asked for without SPF and BIMI.
    if (!isRecordType(type) || name.length > longestName) throw dnsError('ENODATA');
    this.#count += 1;
    if (this.#count > this.#limits.maxLookups) return this.#fail(dnsError('ETOOMANY'));
    try {
      return await this.#inTime(this.#cache.ask(name, type));
    } catch (error) {
      if (isAbsence(error) || isBadName(error)) throw error;
      return this.#fail(error);
    }
  };

  #fail(error: unknown): never {
    this.#hasFailed = true;
    throw error;
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    this.#endMs ??= this.#clock.monotonicMs() + this.#limits.totalMs;
    const remainingMs = Math.max(0, this.#endMs - this.#clock.monotonicMs());
    const timer = this.#clock.after(remainingMs, () => reject(dnsError('ETIMEOUT')));
    const onAbort = (): void => reject(this.#signal.reason);
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([answer, promise]);
    } finally {
      timer.cancel();
      this.#signal.removeEventListener('abort', onAbort);
    }
  }
}

function isRecordType(type: string): type is RecordType {
  return type === 'TXT' || type === 'A' || type === 'CNAME';
}

function dnsError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
