// Owns what a message says of the conversation that it belongs to: which messages it answers, and whether
// it went to the reader. All of it can be made up by a sender. Pure.
import { type HeaderReader, parseMailboxes } from '#plugin-api';
import { toDomain, toSenderAddress } from './address.ts';

/** A Message-ID without its angle brackets. */
export type MessageId = string;

const longestValue = 8192;
const longestId = 500;
const mostIds = 20;

export function messageIdOf(headers: HeaderReader): MessageId | undefined {
  return idsIn(headers.get('Message-ID') ?? '')[0];
}

/** The message that is answered first, then those before it, the latest first. */
export function answeredIds(headers: HeaderReader): MessageId[] {
  const answered = idsIn(headers.get('In-Reply-To') ?? '');
  const before = idsIn(headers.get('References') ?? '').toReversed();
  return [...new Set([...answered, ...before])].slice(0, mostIds);
}

/** Of References the end counts: what is answered stands there. */
function idsIn(value: string): MessageId[] {
  const found: MessageId[] = [];
  const text = value.slice(-longestValue);
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const end = text.indexOf('>', at);
    if (end === -1) break;
    const id = text.slice(at + 1, end);
    if (id.length <= longestId && /^[!-~]+@[!-~]+$/.test(id)) found.push(id);
  }
  return found;
}

/** The domain that whoever made the id has put there. */
export function domainOfId(id: MessageId): string | undefined {
  return toDomain(id.slice(id.lastIndexOf('@') + 1));
}

/** Sent by a program to many: what it answers is somebody else's. */
export function isBulk(headers: HeaderReader): boolean {
  return bulkMarks.some((name) => headers.get(name) !== undefined);
}

const bulkMarks = ['List-Id', 'List-Post', 'List-Unsubscribe', 'Precedence', 'Feedback-ID'];

/** In To or Cc, among the first of them. */
export function isAddressedTo(address: string, headers: HeaderReader): boolean {
  return ['To', 'Cc'].some((name) =>
    parseMailboxes((headers.get(name) ?? '').slice(0, longestValue)).some(
      (each) => toSenderAddress(each.address ?? '')?.address === address,
    ),
  );
}
