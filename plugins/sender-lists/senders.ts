// Owns whom a message says that it is from. Whoever is blocked is looked for in all of it; whoever is
// allowed must be the one author, in every reading. Pure.
import { type HeaderReader, parseMailboxes } from '#plugin-api';
import { isWrittenPlainly, type SenderAddress, toSenderAddress } from './address.ts';

export interface Senders {
  /** The one author; undefined when there is none, more than one, or programs could show another. */
  readonly author: SenderAddress | undefined;
  /** All addresses of From, Sender and Return-Path, each once. */
  readonly all: readonly SenderAddress[];
}

const mostFields = 10;
const mostAddresses = 20;

export function sendersOf(headers: HeaderReader): Senders {
  const from = headers.all('From');
  const authors = from.slice(0, mostFields).flatMap(addressesIn);
  const others = ['Sender', 'Return-Path']
    .flatMap((name) => headers.all(name).slice(0, mostFields))
    .flatMap(addressesIn);
  const found = new Map<string, SenderAddress>();
  for (const each of [...authors, ...others]) {
    if (found.size < mostAddresses) found.set(each.address, each);
  }
  const [only = ''] = from;
  const [author, ...more] = authors;
  const isClear = from.length === 1 && more.length === 0 && isClearField(only);
  return { author: isClear ? author : undefined, all: [...found.values()] };
}

function addressesIn(value: string): SenderAddress[] {
  return parseMailboxes(value)
    .slice(0, mostAddresses)
    .flatMap(({ address = '' }) => toSenderAddress(address) ?? []);
}

/**
 * One address in one pair of angles or none, no list and no group: otherwise one program takes the first
 * for the sender, another the last, and one that verifies senders none.
 */
function isClearField(value: string): boolean {
  const bare = withoutQuotes(value);
  if (bare === undefined || /[,:;]/.test(bare) || bare.includes(kelvinSign)) return false;
  const isOne = count(bare, '<') <= 1 && count(bare, '>') <= 1 && count(bare, '@') === 1;
  const [mailbox] = isOne ? parseMailboxes(value) : [];
  return isWrittenPlainly(mailbox?.address ?? '') && !/\.[\s>]*$/.test(bare);
}

/** As octets of UTF-8: in lower case it is the letter k, and no other one beyond ASCII becomes ASCII. */
const kelvinSign = '\xe2\x84\xaa';

/** Without quoted strings and comments; undefined where one has no end. Linear. */
function withoutQuotes(value: string): string | undefined {
  let bare = '';
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    if (character === '\\' && (isQuoted || depth > 0)) at += 1;
    else if (character === '"' && depth === 0) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) bare += character;
  }
  return isQuoted || depth > 0 ? undefined : bare;
}

function count(text: string, character: string): number {
  return text.split(character, 5).length - 1;
}
