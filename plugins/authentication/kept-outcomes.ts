// Owns results on their way from `inspect` to `transform` of the same message.
import type { MessageFacts } from '#plugin-api';
import type { Outcome } from './outcome.ts';

type Identity = Pick<MessageFacts, 'session' | 'number'>;

export class KeptOutcomes {
  readonly #maxEntries: number;
  // A message that is not delivered is never taken out: the oldest ones go then.
  readonly #outcomes = new Map<string, Outcome>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#outcomes.size;
  }

  put(message: Identity, outcome: Outcome): void {
    const key = keyOf(message);
    this.#outcomes.delete(key);
    this.#outcomes.set(key, outcome);
    for (const oldest of this.#outcomes.keys()) {
      if (this.#outcomes.size <= this.#maxEntries) break;
      this.#outcomes.delete(oldest);
    }
  }

  /** Once. */
  take(message: Identity): Outcome | undefined {
    const key = keyOf(message);
    const outcome = this.#outcomes.get(key);
    this.#outcomes.delete(key);
    return outcome;
  }

  forget(message: Identity): void {
    this.#outcomes.delete(keyOf(message));
  }
}

function keyOf({ session, number }: Identity): string {
  return `${session.id} ${number}`;
}
