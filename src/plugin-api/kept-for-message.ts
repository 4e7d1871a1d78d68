// Owns what a plugin finds out in `inspect` and needs in `transform` of the same message. Never grows
// beyond its bound: the oldest ones go.
import type { MessageFacts } from './message-view.ts';

type Identity = Pick<MessageFacts, 'session' | 'number'>;

export class KeptForMessage<Kept> {
  readonly #maxEntries: number;
  // A message that is not delivered is never taken out.
  readonly #entries = new Map<string, Kept>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  put(message: Identity, kept: Kept): void {
    const key = keyOf(message);
    this.#entries.delete(key);
    this.#entries.set(key, kept);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) break;
      this.#entries.delete(oldest);
    }
  }

  /** Once. */
  take(message: Identity): Kept | undefined {
    const key = keyOf(message);
    const kept = this.#entries.get(key);
    this.#entries.delete(key);
    return kept;
  }

  forget(message: Identity): void {
    this.#entries.delete(keyOf(message));
  }
}

function keyOf({ session, number }: Identity): string {
  return `${session.id} ${number}`;
}
