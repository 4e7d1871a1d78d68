// Owns reading a message for the rules: the header, the parts, and the beginning of each text. However
// large the message, no more of it is held than the limits say.
import {
  type AccountFacts,
  type FoundUri,
  findUris,
  type HeaderReader,
  type Mailbox,
  type MessagePart,
  type MessageView,
  parseMailboxes,
  readPartText,
} from '#plugin-api';
import { surveyHtml } from '../html/html-survey.ts';
import type { Letter, LetterPart } from './letter.ts';
import { type ProviderTrust, readProviderResults } from './provider-results.ts';

export interface LetterSettings {
  readonly ownDomains: readonly string[];
  readonly trust: readonly ProviderTrust[];
}

export const letterLimits = {
  /** Octets of all text/html parts together, and of all text/plain parts. */
  maxHtmlBytes: 256 * 1024,
  maxPlainBytes: 64 * 1024,
  maxParts: 500,
  maxMailboxFields: 5,
} as const;

type Source = Pick<MessageView, 'headers' | 'parts' | 'size' | 'account'>;

export async function readLetter(
  message: Source,
  { ownDomains, trust }: LetterSettings,
  nowMs: number,
): Promise<Letter> {
  const headers = await message.headers();
  const texts = { plain: '', html: '' };
  const parts: LetterPart[] = [];
  for await (const part of message.parts()) {
    parts.push(toLetterPart(part));
    if (parts.length >= letterLimits.maxParts) break;
    await readText(part, texts);
  }
  const own = ownOf(message.account);
  return {
    headers,
    subject: headers.text('Subject'),
    from: mailboxes(headers, 'From'),
    replyTo: mailboxes(headers, 'Reply-To'),
    recipients: [...mailboxes(headers, 'To'), ...mailboxes(headers, 'Cc')],
    plainText: texts.plain,
    html: texts.html === '' ? undefined : await surveyHtml(texts.html),
    uris: urisOf(texts),
    parts,
    octets: await message.size(),
    ownDomains: own.domain === undefined ? ownDomains : [...ownDomains, own.domain],
    ownAddress: own.address,
    provider: readProviderResults(headers, message.account.route, trust),
    nowMs,
  };
}

function toLetterPart({ path, contentType, fileNames, isContainer, headers }: MessagePart) {
  const transferEncoding = headers.get('Content-Transfer-Encoding')?.trim().toLowerCase();
  return { path, contentType, fileNames, isContainer, transferEncoding };
}

async function readText(part: MessagePart, texts: { plain: string; html: string }): Promise<void> {
  if (part.isContainer || part.fileNames.length > 0) return;
  const kind = part.contentType === 'text/html' ? 'html' : 'plain';
  if (kind === 'plain' && part.contentType !== 'text/plain') return;
  const most = kind === 'html' ? letterLimits.maxHtmlBytes : letterLimits.maxPlainBytes;
  const room = most - texts[kind].length;
  if (room <= 0) return;
  const octets = await part.head(room);
  const text = readPartText(octets, part.headers.get('Content-Type'));
  texts[kind] += texts[kind] === '' ? text : `\n${text}`;
}

function urisOf({ plain, html }: { readonly plain: string; readonly html: string }): FoundUri[] {
  return [
    ...(plain === '' ? [] : findUris(plain, 'plain')),
    ...(html === '' ? [] : findUris(html, 'html')),
  ];
}

function mailboxes(headers: HeaderReader, name: string): Mailbox[] {
  const values = headers.all(name).slice(0, letterLimits.maxMailboxFields);
  return values.flatMap(parseMailboxes);
}

/** Most providers have the address for a login name. */
function ownOf({ user }: AccountFacts): {
  readonly address: string | undefined;
  readonly domain: string | undefined;
} {
  const { address, domain } = (user.includes('@') && parseMailboxes(user)[0]) || {};
  return { address: domain === undefined ? undefined : address?.toLowerCase(), domain };
}
