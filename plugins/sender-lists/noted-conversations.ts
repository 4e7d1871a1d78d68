// Owns what was noted of messages until it is known whether they are spam. Bounded: what is never judged
// gives way.
import type { Clock, MaildropFacts, MessageFacts } from '#plugin-api';
import type { Noted } from './correspondents.ts';
import type { KeptSenders } from './kept-senders.ts';
import type { OwnIds } from './own-ids.ts';

type Identity = Pick<MessageFacts, 'session' | 'number'>;

const mostNotes = 5000;

export class NotedConversations {
  readonly #notes = new Map<string, Noted>();

  put(message: Identity, note: Noted | undefined): void {
    const key = keyOf(message);
    this.#notes.delete(key);
    if (note === undefined) return;
    this.#notes.set(key, note);
    for (const oldest of this.#notes.keys()) {
      if (this.#notes.size <= mostNotes) break;
      this.#notes.delete(oldest);
    }
  }

  /** Once. */
  take(message: Identity): Noted | undefined {
    const key = keyOf(message);
    const note = this.#notes.get(key);
    this.#notes.delete(key);
    return note;
  }
}

function keyOf({ session, number }: Identity): string {
  return `${session.id} ${number}`;
}

export interface Memory {
  readonly kept: KeptSenders;
  readonly ids: OwnIds;
  /** How long those are remembered who have answered; undefined for not at all. */
  readonly answeredMs: number | undefined;
  readonly clock: Clock;
}

export function remember(
  note: Noted,
  account: MaildropFacts,
  { kept, ids, answeredMs, clock }: Memory,
): void {
  if (answeredMs === undefined) return;
  if (note.kind === 'written') {
    ids.addWritten(account, note.id);
    return;
  }
  const { by, quoted, domain, logOdds } = note;
  if (quoted !== undefined) ids.addQuoted(account, quoted, domain);
  const untilMs = clock.nowMs() + answeredMs;
  kept.remember({ account, entry: by.address, origin: 'answered', logOdds, untilMs });
}
