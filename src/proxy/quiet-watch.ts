// Owns how long a client's socket may be quiet: longer while the client is waited for than while it has
// to take what it asked for.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { LimitsConfig } from '../config/schema.ts';

export interface QuietEvents {
  /** The client has sent nothing for `limits.client_idle`. */
  idle(): void;
  /** The client takes nothing of what was written for it. */
  stalled(): void;
}

export class QuietWatch {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: LimitsConfig;
  readonly #events: QuietEvents;
  #limitMs = 0;
  #waitingSinceMs: number | undefined;
  readonly #onTimeout = (): void => this.#check();

  constructor(socket: Socket, clock: Clock, limits: LimitsConfig, events: QuietEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#events = events;
    socket.on('timeout', this.#onTimeout);
    this.#limit(limits.deliveryStallMs);
  }

  get isWaiting(): boolean {
    return this.#waitingSinceMs !== undefined;
  }

  /** It is the client's turn. */
  waiting(): void {
    this.#waitingSinceMs = this.#clock.monotonicMs();
    // The timer of the socket is set anew by each octet; to set another limit as often costs more.
    if (this.#limits.clientIdleMs < this.#limitMs) this.#limit(this.#limits.clientIdleMs);
  }

  /** It is ours. */
  working(): void {
    this.#waitingSinceMs = undefined;
    this.#limit(this.#limits.deliveryStallMs);
  }

  /** The socket goes on under TLS. */
  stop(): void {
    this.#limit(0);
    this.#socket.off('timeout', this.#onTimeout);
  }

  #check(): void {
    if (this.#waitingSinceMs === undefined) {
      // While Postern itself works, the client is not to blame.
      if (this.#socket.writableLength > 0) this.#events.stalled();
      return;
    }
    const leftMs = this.#waitingSinceMs + this.#limits.clientIdleMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.#events.idle();
    else this.#limitAnew(Math.ceil(leftMs));
  }

  #limit(limitMs: number): void {
    if (this.#limitMs !== limitMs) this.#limitAnew(limitMs);
  }

  /** A timeout that has fired comes again only when it is set, be it to the same time. */
  #limitAnew(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#socket.setTimeout(limitMs);
  }
}
