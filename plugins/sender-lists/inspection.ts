// Owns the way of one message through the lists, and what is noted of its conversation meanwhile.
import {
  type EnvelopeSource,
  type HeaderReader,
  type MessageView,
  originOf,
  pass,
  type Verdict,
} from '#plugin-api';
import type { SenderAddress } from './address.ts';
import { type Authenticity, authenticityOf } from './authenticity.ts';
import type { ConfiguredLists } from './configured-lists.ts';
import { mayBeConversation, noteConversation } from './correspondents.ts';
import { fits } from './entry-index.ts';
import { judge } from './judgement.ts';
import type { KeptSenders } from './kept-senders.ts';
import type { Listed } from './listed.ts';
import type { NotedConversations } from './noted-conversations.ts';
import type { SenderListsOptions } from './options.ts';
import type { OwnIds } from './own-ids.ts';
import { sendersOf } from './senders.ts';

export interface Inspector {
  readonly options: SenderListsOptions;
  readonly lists: ConfiguredLists;
  readonly kept: KeptSenders;
  readonly envelopes: EnvelopeSource;
  readonly ids: OwnIds;
  readonly notes: NotedConversations;
  nowMs(): number;
}

export async function inspect(message: MessageView, inspector: Inspector): Promise<Verdict> {
  const { options, lists, kept, notes } = inspector;
  const headers = await message.headers();
  const senders = sendersOf(headers);
  const { user, maildrop } = message.account;
  const subject = { senders, headers, nowMs: inspector.nowMs() };
  const fitting: Listed[] = [
    ...(await lists.find(subject, user)),
    ...kept.near(maildrop, senders).filter((entry) => fits(entry, subject)),
  ];
  const { author } = senders;
  const isBlocked = fitting.some(({ list }) => list === 'block');
  const mayConverse =
    options.rememberMs.answered !== undefined &&
    author !== undefined &&
    !isBlocked &&
    mayBeConversation(headers, author, maildrop);
  // What was noted of it when it was fetched before is not to be counted twice.
  notes.put(message, undefined);
  const isAllowed = fitting.some(({ list }) => list === 'allow');
  if (fitting.length === 0 && !mayConverse) return pass();
  const shown =
    author !== undefined && (isAllowed || mayConverse)
      ? await authenticity(message, headers, author, inspector.envelopes)
      : 'unknown';
  if (mayConverse) {
    const facts = { account: maildrop, headers, author, authenticity: shown };
    notes.put(message, noteConversation(facts, options.ownDomains, inspector.ids));
  }
  return judge(fitting, shown, options.authenticated);
}

/** The word of the provider first: to wait for another plugin takes time. */
async function authenticity(
  message: MessageView,
  headers: HeaderReader,
  author: SenderAddress,
  envelopes: EnvelopeSource,
): Promise<Authenticity> {
  const { authentication = [] } = envelopes.envelopeOf(message.account.upstream.host, headers);
  const byProvider = authenticityOf(author.domain, authentication, undefined);
  if (byProvider === 'pass') return byProvider;
  return authenticityOf(author.domain, authentication, await originOf(message));
}
