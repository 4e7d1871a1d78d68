// Owns the keys that session tickets are sealed with: from where they come, how long they hold, and that
// those of different names differ.
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../base/secret.ts';

/** How long a client can resume a session. OpenSSL's two hours are short for clients that poll seldom. */
export const ticketsLastSeconds = 86_400;

/** 48 octets, never written down anywhere. */
export type TicketKeys = Buffer;

const ticketKeyOctets = 48;

export function randomTicketKeys(): TicketKeys {
  return randomBytes(ticketKeyOctets);
}

/** The keys of a day, in UTC: whoever has the secret has the same on that day, and none of another one. */
export function ticketKeysOf(secret: Secret, nowMs: number): TicketKeys {
  const day = Math.floor(nowMs / (ticketsLastSeconds * 1000));
  return derive(secret.reveal(), `postern ticket keys of day ${day}`);
}

/**
 * RFC 6066 s.3: a session is not resumed under another name. With keys of their own, the tickets of one set
 * of names mean nothing to another; nor is what was negotiated by old rules resumed where there are new ones.
 */
export function keysForNames(
  keys: TicketKeys,
  names: readonly string[],
  profile: string,
): TicketKeys {
  const list = [...new Set(names)].sort().join(' ');
  const digest = createHash('sha256').update(list).digest('hex');
  return derive(keys, `postern ${profile} tickets of ${digest}`);
}

function derive(secret: Buffer, about: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', about, ticketKeyOctets));
}
