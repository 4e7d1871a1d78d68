// Owns message numbers, sizes, UIDLs and delete marks, fixed at login. Never talks to a socket.
// Numbers are our own and never shift (RFC 1939 s.5): they count the upstream's list from 1.
import { AppError } from '../base/errors.ts';
import type { ScanEntry, UidlEntry } from '../pop3/reply.ts';

export interface MaildropMessage {
  /** The number the client uses. */
  readonly number: number;
  readonly upstreamNumber: number;
  /** Octets as the client is told. */
  readonly octets: number;
  /** Octets as the upstream lists them. */
  readonly upstreamOctets: number;
  readonly uidl: string | undefined;
}

/** Octets a client is told of a message, from what the upstream lists. */
export type Announce = (upstreamOctets: number, uidl: string | undefined) => number;

function inconsistent(what: string): AppError {
  return new AppError('UPSTREAM_PROTOCOL', {
    fault: 'upstream',
    publicText: `the mail server sent an inconsistent list (${what})`,
  });
}

/** UIDLs of more than one message. */
function repeated(uidls: readonly UidlEntry[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { uidl } of uidls) (seen.has(uidl) ? twice : seen).add(uidl);
  return twice;
}

export class Maildrop {
  readonly #messages: readonly MaildropMessage[];
  readonly #deleted = new Set<number>();
  readonly hasUidls: boolean;

  /**
   * `uidls` is undefined when the upstream has no UIDL. `announce` gives the size that a client is
   * told; by default what the upstream says.
   */
  constructor(
    scan: readonly ScanEntry[],
    uidls: readonly UidlEntry[] | undefined,
    announce: Announce = (octets) => octets,
  ) {
    const sorted = scan.toSorted((a, b) => a.number - b.number);
    const shared = repeated(uidls ?? []);
    const uidlOf = new Map(uidls?.map((entry) => [entry.number, entry.uidl]));
    if (uidls !== undefined && (uidlOf.size !== uidls.length || uidls.length !== scan.length)) {
      throw inconsistent('UIDL does not match LIST');
    }
    this.#messages = sorted.map((entry, index) => {
      if (entry.number === sorted[index - 1]?.number) throw inconsistent('a number twice');
      const uidl = uidlOf.get(entry.number);
      if (uidls !== undefined && uidl === undefined) throw inconsistent('a UIDL is missing');
      const number = index + 1;
      // RFC 1939 s.7: messages may share a UIDL, which then tells nothing about the size of either.
      const isShared = uidl !== undefined && shared.has(uidl);
      const octets = announce(entry.octets, isShared ? undefined : uidl);
      return { number, upstreamNumber: entry.number, octets, upstreamOctets: entry.octets, uidl };
    });
    this.hasUidls = uidls !== undefined;
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
    let octets = 0;
    for (const message of this.present()) octets += message.octets;
    return { count: this.#messages.length - this.#deleted.size, octets };
  }

  markDeleted(message: MaildropMessage): void {
    this.#deleted.add(message.number);
  }

  unmarkAll(): void {
    this.#deleted.clear();
  }

  deleted(): MaildropMessage[] {
    return this.#messages.filter((message) => this.#deleted.has(message.number));
  }
}
