// Owns what is remembered of messages that could not be delivered, until the client polls again.
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { AccountKey, Cache } from '../stores/store.ts';

/**
 * `brokenPromise`: the delivery was cut after `+OK`, so there is none before the verdict again.
 * `tooLarge`: more octets came than were listed and allowed, which cost the upstream session; the next
 * poll passes over the message, the one after it tries again (`retried`). `unlisted`: more octets came
 * than were listed; it is not fetched early again.
 */
export type Trouble = 'brokenPromise' | 'tooLarge' | 'retried' | 'unlisted';

/** The trouble with one message; without a UIDL it cannot be known again. */
export class MessageTrouble {
  readonly #key: string | undefined;
  readonly #troubles: Cache<Trouble>;

  constructor(account: AccountKey, { uidl }: Pick<MessageFacts, 'uidl'>, troubles: Cache<Trouble>) {
    const { user, upstreamHost } = account;
    // A name may hold blanks, and so may a place; neither may hold a NUL.
    this.#key = uidl === undefined ? undefined : `${user}\0${upstreamHost}\0${uidl}`;
    this.#troubles = troubles;
  }

  get(): Trouble | undefined {
    return this.#key === undefined ? undefined : this.#troubles.get(this.#key);
  }

  set(trouble: Trouble): void {
    if (this.#key !== undefined) this.#troubles.set(this.#key, trouble);
  }
}
