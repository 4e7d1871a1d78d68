// Owns message numbers, sizes, UIDLs and delete marks, fixed at login. Never talks to a socket.
// Numbers are our own and never shift (RFC 1939 s.5): they count from 1 what the upstream lists and is
// shown, then what is added.
import { AppError } from '../base/errors.ts';
import type { ScanEntry, UidlEntry } from '../pop3/reply.ts';

interface ListedMessage {
  /** The number the client uses. */
  readonly number: number;
  /** Octets as the client is told. */
  readonly octets: number;
  readonly uidl: string | undefined;
}

export interface UpstreamMessage extends ListedMessage {
  readonly source: 'upstream';
  readonly upstreamNumber: number;
  /** Octets as the upstream lists them. */
  readonly upstreamOctets: number;
}

/** A message that Postern adds: an original that was released from quarantine, or a letter of its own. */
export interface StoredMessage extends ListedMessage {
  readonly source: 'quarantine' | 'letter';
  readonly id: string;
}

export type MaildropMessage = UpstreamMessage | StoredMessage;

/** What is added behind the upstream's messages, and what of those is not shown. */
export interface MaildropChanges {
  readonly hiddenUidls: ReadonlySet<string>;
  readonly stored: readonly Omit<StoredMessage, 'number'>[];
}

const noChanges: MaildropChanges = { hiddenUidls: new Set(), stored: [] };

/** Octets a client is told of a message, from what the upstream lists. */
export type Announce = (upstreamOctets: number, uidl: string | undefined) => number;

function inconsistent(what: string): AppError {
  return new AppError('UPSTREAM_PROTOCOL', {
    fault: 'upstream',
    publicText: `the mail server sent an inconsistent list (${what})`,
  });
}

/** UIDLs of more than one message. */
function repeated(uidls: readonly UidlEntry[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { uidl } of uidls) {
    const before = seen.size;
    if (seen.add(uidl).size === before) twice.add(uidl);
  }
  return twice;
}

/** By number; servers list so as a rule. */
function inOrder<Entry extends { readonly number: number }>(
  entries: readonly Entry[],
): readonly Entry[] {
  let last = 0;
  for (const { number } of entries) {
    if (number < last) return entries.toSorted((a, b) => a.number - b.number);
    last = number;
  }
  return entries;
}

export class Maildrop {
  readonly #messages: readonly MaildropMessage[];
  readonly #deleted = new Set<number>();
  readonly #octets: number;
  /** Without those marked as deleted. */
  #presentOctets: number;
  readonly hasUidls: boolean;

  /**
   * `uidls` is undefined when the upstream has no UIDL. `announce` gives the size that a client is
   * told; by default what the upstream says.
   */
  constructor(
    scan: readonly ScanEntry[],
    uidls: readonly UidlEntry[] | undefined,
    announce: Announce = (octets) => octets,
    { hiddenUidls, stored }: MaildropChanges = noChanges,
  ) {
    if (uidls !== undefined && uidls.length !== scan.length) {
      throw inconsistent('UIDL does not match LIST');
    }
    const names = uidls === undefined ? undefined : inOrder(uidls);
    const shared = repeated(uidls ?? []);
    const messages: MaildropMessage[] = [];
    let last: number | undefined;
    let index = 0;
    for (const { number: upstreamNumber, octets: upstreamOctets } of inOrder(scan)) {
      if (upstreamNumber === last) throw inconsistent('a number twice');
      last = upstreamNumber;
      const name = names?.[index++];
      // Both are in order and of one length: where they name different messages, one is missing.
      if (name !== undefined && name.number !== upstreamNumber) {
        throw inconsistent('a UIDL is missing');
      }
      const uidl = name?.uidl;
      // RFC 1939 s.7: messages may share a UIDL, which then tells nothing about either.
      const isShared = uidl !== undefined && shared.has(uidl);
      if (uidl !== undefined && !isShared && hiddenUidls.has(uidl)) continue;
      const number = messages.length + 1;
      const octets = announce(upstreamOctets, isShared ? undefined : uidl);
      messages.push({ source: 'upstream', number, upstreamNumber, octets, upstreamOctets, uidl });
    }
    for (const each of stored) messages.push({ ...each, number: messages.length + 1 });
    this.#messages = messages;
    this.#octets = octetsOf(messages);
    this.#presentOctets = this.#octets;
    this.hasUidls = uidls !== undefined;
  }

  /** The highest number. */
  get count(): number {
    return this.#messages.length;
  }

  /** The message of that number, unless it is marked as deleted or does not exist. */
  find(number: number): MaildropMessage | undefined {
    return this.#deleted.has(number) ? undefined : this.#messages[number - 1];
  }

  /** Messages not marked as deleted, in order. */
  *present(): Iterable<MaildropMessage> {
    for (const message of this.#messages) {
      if (!this.#deleted.has(message.number)) yield message;
    }
  }

  /** Count and octets of what is not marked as deleted (RFC 1939 s.5 STAT). */
  totals(): { readonly count: number; readonly octets: number } {
    return { count: this.#messages.length - this.#deleted.size, octets: this.#presentOctets };
  }

  markDeleted({ number, octets }: MaildropMessage): void {
    if (this.#deleted.has(number)) return;
    this.#deleted.add(number);
    this.#presentOctets -= octets;
  }

  unmarkAll(): void {
    this.#deleted.clear();
    this.#presentOctets = this.#octets;
  }

  deleted(): MaildropMessage[] {
    return this.#messages.filter((message) => this.#deleted.has(message.number));
  }
}

function octetsOf(messages: readonly MaildropMessage[]): number {
  let sum = 0;
  for (const { octets } of messages) sum += octets;
  return sum;
}
