// Owns what rules ask about the sender of a letter more than once. Pure.
import { findUris, parseMailboxes } from '#plugin-api';
import { isSameOwner, ownerOf } from './hosts.ts';
import type { Letter } from './letter/letter.ts';

/** Lists have answers go to the list, and errors to their own machine. */
export function isList({ headers }: Letter): boolean {
  return headers.get('List-Id') !== undefined || headers.get('List-Post') !== undefined;
}

/** The domain that answers go to, where it belongs to none of the authors. */
export function otherReply({ from, replyTo }: Letter): string | undefined {
  const authors = from.flatMap(({ domain }) => domain ?? []);
  if (authors.length === 0) return undefined;
  return replyTo
    .flatMap(({ domain }) => domain ?? [])
    .slice(0, mostCompared)
    .find(
      (domain) => !authors.slice(0, mostCompared).some((author) => isSameOwner(author, domain)),
    );
}

const mostCompared = 20;

/** Tells hosts of the authors, and of whoever has sent the letter for them. */
export function senderTest({ from, headers }: Letter): (host: string) => boolean {
  const [path] = parseMailboxes((headers.get('Return-Path') ?? '').slice(0, longestPath));
  const owners = [...from.slice(0, mostCompared), path].flatMap((each) =>
    each?.domain === undefined ? [] : ownerOf(each.domain),
  );
  return (host) => owners.includes(ownerOf(host));
}

/** Tells hosts on which whoever sends in bulk for the authors has people unsubscribe. */
export function bulkSenderTest({ headers }: Letter): (host: string) => boolean {
  const value = headers.get('List-Unsubscribe')?.slice(0, longestUnsubscribe) ?? '';
  const owners = findUris(value, 'plain').map(({ host }) => ownerOf(host));
  return (host) => owners.includes(ownerOf(host));
}

const longestPath = 500;
const longestUnsubscribe = 2000;
