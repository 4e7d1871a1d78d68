// Owns what clients are told about sizes before a message has been seen, and what is learned when it
// has been sent. The sum works out because every message is filled to what was announced.
import type { AccountKey, FinalSizes } from '../stores/store.ts';

export interface AnnouncedSizesOptions {
  /** Undefined: the upstream's sizes are announced, whatever is sent. */
  readonly store: FinalSizes | undefined;
  /** Octets allowed for header fields; 0 where none are added. */
  readonly headerBudgetOctets: number;
  /** Names plugins and options: with other ones, messages have other sizes. */
  readonly policy: string;
}

export class AnnouncedSizes {
  readonly #options: AnnouncedSizesOptions;

  constructor(options: AnnouncedSizesOptions) {
    this.#options = options;
  }

  /** Is what is announced met as far as possible? */
  get isTruthful(): boolean {
    return this.#options.store !== undefined;
  }

  /** The sizes of one account's messages: what they had last time, else the upstream's and the budget. */
  of(account: AccountKey): (upstreamOctets: number, uidl: string | undefined) => number {
    const { store, headerBudgetOctets, policy } = this.#options;
    if (store === undefined) return (upstreamOctets) => upstreamOctets;
    const remembered = store.of(account, policy);
    return (upstreamOctets, uidl) =>
      (uidl === undefined ? undefined : remembered.get(uidl)) ??
      upstreamOctets + headerBudgetOctets;
  }

  /** A message was sent with another size than announced: next time it is announced with that. */
  learn(account: AccountKey, uidl: string | undefined, octets: number): void {
    const { store, policy } = this.#options;
    if (uidl !== undefined) store?.remember(account, policy, uidl, octets);
  }
}
