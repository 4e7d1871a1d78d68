// Owns what rules ask about the sender of a letter more than once. Pure.
import { isSameOwner } from './hosts.ts';
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
