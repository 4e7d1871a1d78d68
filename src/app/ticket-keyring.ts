// Owns which keys session tickets are sealed with at present: derived from the secret of the configuration,
// told by the supervisor, or made here, for a day each.
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/schema.ts';
import {
  randomTicketKeys,
  type TicketKeys,
  ticketKeysOf,
  ticketsLastSeconds,
} from '../tls/ticket-keys.ts';

export class TicketKeyring {
  readonly #clock: Clock;
  #told: TicketKeys | undefined;
  #own = randomTicketKeys();
  /** Not of the wall clock, which may be set back by years. */
  #ownSinceMs: number;

  /** `told` are those that all processes have; undefined where there is only this one. */
  constructor(clock: Clock, told: TicketKeys | undefined) {
    this.#clock = clock;
    this.#told = told;
    this.#ownSinceMs = clock.monotonicMs();
  }

  hear(keys: TicketKeys): void {
    this.#told = keys;
  }

  present({ sessionTickets }: Pick<Config, 'sessionTickets'>): TicketKeys {
    const { secret } = sessionTickets;
    if (secret !== undefined) return ticketKeysOf(secret, this.#clock.nowMs());
    if (this.#told !== undefined) return this.#told;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#ownSinceMs >= ticketsLastSeconds * 1000) {
      this.#own = randomTicketKeys();
      this.#ownSinceMs = nowMs;
    }
    return this.#own;
  }
}
