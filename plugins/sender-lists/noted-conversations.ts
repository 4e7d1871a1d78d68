// Owns what was noted of messages until it is known whether they are spam. Bounded: what is never judged
// gives way.
import type { MessageFacts } from '#plugin-api';
import type { Noted } from './correspondents.ts';

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
