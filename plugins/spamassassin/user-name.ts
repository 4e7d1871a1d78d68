// Owns which user spamd is told that a message is for. Two accounts never share a name, unless the
// administrator's pattern makes them: a user of spamd has preferences and Bayes data of his own. Pure.
import { hash } from 'node:crypto';

/** Whose mail it is. */
export interface MailOwner {
  readonly user: string;
  readonly upstreamHost: string;
}

// What spamd leaves as it is in names of folders (--virtual-config-dir); others become `=XX`.
const unsafe = /[^A-Za-z0-9+_.,@-]/gu;
const longestName = 120;

export function userName(pattern: string, { user, upstreamHost }: MailOwner): string {
  const name = pattern
    .replaceAll(/\{(user|host)\}/g, (_, word) => (word === 'user' ? user : upstreamHost))
    .replaceAll(unsafe, escaped)
    // `..` is a folder of another user.
    .replace(/^\./, '=2E');
  if (name.length <= longestName) return name;
  return `${name.slice(0, longestName - 33)}-${hash('sha256', name).slice(0, 32)}`;
}

function escaped(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '=$&');
}
