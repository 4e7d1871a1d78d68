// Owns who counts as a person that the reader has written to. POP3 shows no mail that is sent, so it is read
// off answers: an answer names a message that the reader has written. A sender can name any, so it takes
// a sender who is shown to be who he says, and what is known of the message counts.
import { type HeaderReader, isUnder, type MaildropFacts, registrableDomain } from '#plugin-api';
import { type SenderAddress, toSenderAddress } from './address.ts';
import type { Authenticity } from './authenticity.ts';
import {
  answeredIds,
  domainOfId,
  isAddressedTo,
  isBulk,
  type MessageId,
  messageIdOf,
} from './conversation.ts';
import type { OwnIds } from './own-ids.ts';

export interface ConversationFacts {
  readonly account: MaildropFacts;
  readonly headers: HeaderReader;
  readonly author: SenderAddress;
  readonly authenticity: Authenticity;
}

/** What is to be remembered once the message is known to be no spam. */
export type Noted =
  | { readonly kind: 'written'; readonly id: MessageId }
  | {
      readonly kind: 'answered';
      readonly by: SenderAddress;
      readonly logOdds: number;
      /** The message that was answered, when nothing was known of it. */
      readonly quoted: MessageId | undefined;
      /** As whose the answer counts. */
      readonly domain: string;
    };

/**
 * Never final: a sender who knows the domain of an account can make up an answer. `confirmed`: it answers
 * what the reader is known to have written, or what somebody in another domain has answered too.
 */
const odds = { confirmed: -4, plausible: -2.5 } as const;

/** Cheap: whether it is worth while to find out who the sender is. */
export function mayBeConversation(
  headers: HeaderReader,
  author: SenderAddress,
  account: MaildropFacts,
): boolean {
  if (isBulk(headers)) return false;
  return (
    headers.get('In-Reply-To') !== undefined ||
    headers.get('References') !== undefined ||
    toSenderAddress(account.user)?.address === author.address
  );
}

export function noteConversation(
  { account, headers, author, authenticity }: ConversationFacts,
  ownDomains: readonly string[] | undefined,
  ids: OwnIds,
): Noted | undefined {
  if (authenticity !== 'pass') return undefined;
  const own = toSenderAddress(account.user);
  if (own?.address === author.address) {
    const id = messageIdOf(headers);
    return id === undefined ? undefined : { kind: 'written', id };
  }
  const answered = answeredIds(headers);
  if (answered.length === 0) return undefined;
  if (own !== undefined && !isAddressedTo(own.address, headers)) return undefined;
  const domain = registrableDomain(author.domain) ?? author.domain;
  const domains = ownDomains ?? ownDomainsOf(account, own);
  const candidates = answered.filter((id) => isOf(id, domains) || isWritten(ids, account, id));
  const [first] = candidates;
  if (first === undefined || domains.some((each) => isUnder(author.domain, each))) return undefined;
  const isConfirmed = candidates.some((id) => ids.knowledgeOf(account, id, domain) !== 'new');
  return {
    kind: 'answered',
    by: author,
    logOdds: isConfirmed ? odds.confirmed : odds.plausible,
    quoted: isConfirmed ? undefined : first,
    domain,
  };
}

function isWritten(ids: OwnIds, account: MaildropFacts, id: MessageId): boolean {
  return ids.knowledgeOf(account, id, '') === 'written';
}

/**
 * That of the login name, unless it is the provider's: all of its customers write Message-IDs under it,
 * so that they say nothing about this one.
 */
function ownDomainsOf(account: MaildropFacts, own: SenderAddress | undefined): readonly string[] {
  if (own === undefined) return [];
  const provider = registrableDomain(account.upstreamHost.split(':', 1)[0] ?? '');
  return provider !== undefined && isUnder(own.domain, provider) ? [] : [own.domain];
}

function isOf(id: MessageId, domains: readonly string[]): boolean {
  const domain = domainOfId(id);
  return domain !== undefined && domains.some((each) => isUnder(domain, each));
}
