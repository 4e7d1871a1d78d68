// Owns answers of the DNS for a while, good and bad ones. It asks each question once at a time.
import type { Clock } from '#plugin-api';

export type RecordType = 'TXT' | 'A' | 'CNAME';

/** Asks the DNS. Rejects with the codes of node:dns. */
export type Resolve = (name: string, type: RecordType) => Promise<string[] | string[][]>;

export interface CacheTimes {
  readonly answerMs: number;
  /** For a name or record that does not exist. */
  readonly absenceMs: number;
  /** For a server that gives no answer: short, so that an outage costs one timeout for each name. */
  readonly failureMs: number;
  readonly maxEntries: number;
}

interface Entry {
  readonly answer: Promise<string[] | string[][]>;
  /** Undefined while the question is open. */
  expiresMs: number | undefined;
}

const absences: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

export class DnsCache {
  readonly #resolve: Resolve;
  readonly #clock: Clock;
  readonly #times: CacheTimes;
  // A Map keeps the order of use: what was not asked for longest goes first.
  readonly #entries = new Map<string, Entry>();

  constructor(resolve: Resolve, clock: Clock, times: CacheTimes) {
    this.#resolve = resolve;
    this.#clock = clock;
    this.#times = times;
  }

  get size(): number {
    return this.#entries.size;
  }

  ask(name: string, type: RecordType): Promise<string[] | string[][]> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known !== undefined && this.#isFresh(known) ? known : this.#start(name, type);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#times.maxEntries) break;
      this.#entries.delete(oldest);
    }
    return entry.answer;
  }

  #isFresh({ expiresMs }: Entry): boolean {
    return expiresMs === undefined || this.#clock.monotonicMs() < expiresMs;
  }

  #start(name: string, type: RecordType): Entry {
    const answer = this.#resolve(name, type);
    const entry: Entry = { answer, expiresMs: undefined };
    const keep = (durationMs: number): void => {
      entry.expiresMs = this.#clock.monotonicMs() + durationMs;
    };
    answer.then(
      () => keep(this.#times.answerMs),
      (error: unknown) => keep(isAbsence(error) ? this.#times.absenceMs : this.#times.failureMs),
    );
    return entry;
  }
}

/** The DNS has answered that there is nothing. */
export function isAbsence(error: unknown): boolean {
  return absences.has(codeOf(error));
}

/** A name that cannot be in the DNS at all. */
export function isBadName(error: unknown): boolean {
  return codeOf(error) === 'EBADNAME';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
