// Owns finding the entries that fit a message among many, without going through all of them. Pure.
import { type HeaderReader, toReadableText } from '#plugin-api';
import { selfAndParents } from './address.ts';
import type { Listed } from './listed.ts';
import type { Senders } from './senders.ts';

export interface Subject {
  readonly senders: Senders;
  readonly headers: HeaderReader;
  readonly nowMs: number;
}

const mostValues = 20;
const longestValue = 2000;

export class EntryIndex<Entry extends Listed = Listed> {
  readonly #byKey = new Map<string, Entry[]>();
  /** Those that have to be tried. */
  readonly #others: Entry[] = [];

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) {
      const key = keyOf(entry);
      const same = key === undefined ? this.#others : this.#byKey.get(key);
      if (same === undefined) this.#byKey.set(key ?? '', [entry]);
      else same.push(entry);
    }
  }

  find(subject: Subject): Entry[] {
    const keys = this.#byKey.size === 0 ? [] : keysOf(subject.senders);
    const near = keys.flatMap((key) => this.#byKey.get(key) ?? []);
    return [...near, ...this.#others].filter((entry) => fits(entry, subject));
  }
}

/** Undefined for an entry that is no address and no domain. */
export function keyOf({ pattern }: Pick<Listed, 'pattern'>): string | undefined {
  switch (pattern.kind) {
    case 'address':
      return pattern.address;
    case 'domain':
      return pattern.domain;
    default:
      return undefined;
  }
}

/** Keys under which entries may stand that fit. */
export function keysOf({ all }: Senders): string[] {
  return [...new Set(all.flatMap(({ address, domain }) => [address, ...selfAndParents(domain)]))];
}

/** Whoever is allowed must be the one author; whoever is blocked may stand anywhere among the senders. */
export function fits({ pattern, list, untilMs }: Listed, subject: Subject): boolean {
  if (untilMs !== undefined && untilMs <= subject.nowMs) return false;
  const { author, all } = subject.senders;
  const candidates = list === 'block' ? all : author === undefined ? [] : [author];
  switch (pattern.kind) {
    case 'address':
      return candidates.some(({ address }) => address === pattern.address);
    case 'domain':
      return candidates.some(({ domain }) =>
        pattern.reach === 'exact'
          ? domain === pattern.domain
          : domain === pattern.domain || domain.endsWith(`.${pattern.domain}`),
      );
    case 'expression':
      return candidates.some(({ address }) => pattern.fits(address));
    case 'field':
      return subject.headers
        .all(pattern.name)
        .slice(0, mostValues)
        .some((value) => pattern.fits(toReadableText(value.slice(0, longestValue))));
  }
}
