// Owns what is remembered of messages that could not be delivered, until the client polls again.
import type { MessageFacts } from '../plugin-api/message-view.ts';
import type { AccountKey, Cache } from '../stores/store.ts';

/**
 * `brokenPromise`: the delivery was cut after `+OK`, so there is none before the verdict again.
 * `tooLarge`: more octets came than were listed and allowed, which cost the upstream session; the next
 * poll passes over the message, the one after it tries again.
 */
export type Trouble = 'brokenPromise' | 'tooLarge' | 'none';

export interface MessageTroubles {
  get(): Trouble | undefined;
  set(trouble: Trouble): void;
}

/** The trouble with this message; without a UIDL it cannot be known again. */
export function troublesOf(
  account: AccountKey,
  { uidl }: Pick<MessageFacts, 'uidl'>,
  troubles: Cache<Trouble>,
): MessageTroubles {
  if (uidl === undefined) return { get: () => undefined, set() {} };
  const key = `${account.user} ${account.upstreamHost} ${uidl}`;
  return { get: () => troubles.get(key), set: (trouble) => troubles.set(key, trouble) };
}
