// Owns what becomes of a connection that no session can be had with, and what is said of it. Whoever connects
// again and again fills no log: of one address and one reason there is a line a minute.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { plainAddress } from '../base/plain-address.ts';
import { RepeatFilter } from '../base/repeat-filter.ts';
import type { ListenerConfig } from '../config/schema.ts';
import { linger } from './linger.ts';
import { refusalReply } from './refuse.ts';

interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
}

interface Refusal {
  readonly text: string;
  /** Whoever brings a header that is none may not speak POP3 either, and a stranger learns nothing. */
  readonly answer: 'reply' | 'none';
}

const notIntercepted: Refusal = {
  text: 'connection refused: it was not intercepted as it should be',
  answer: 'reply',
};

const refusals: Readonly<Record<string, Refusal>> = {
  CLIENT_NOT_WELCOME: {
    text: 'connection refused: this listener is for clients of other networks',
    answer: 'none',
  },
  INTERCEPT_DIRECT: notIntercepted,
  INTERCEPT_FAILED: notIntercepted,
  INTERCEPT_LOOP: notIntercepted,
  PROXY_HEADER_INVALID: {
    text: 'connection refused: the load balancer sent no PROXY protocol header',
    answer: 'none',
  },
  PROXY_HEADER_LATE: {
    text: 'connection refused: the load balancer sent no PROXY protocol header in time',
    answer: 'none',
  },
  PROXY_HEADERS_AWAITED: {
    text: 'connection refused: too many of load balancers are without a header',
    answer: 'reply',
  },
  PROXY_SENDER_UNTRUSTED: {
    text: 'connection refused: it did not come through a load balancer',
    answer: 'reply',
  },
  TOO_MANY_SESSIONS: { text: 'connection refused: too many sessions', answer: 'reply' },
};

const sayAgainMs = 60_000;

export class ArrivalRefusals {
  readonly #surroundings: Surroundings;
  readonly #repeats = new RepeatFilter(sayAgainMs);

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * A client that came the wrong way is told so; one that fails in its TLS handshake understands nothing.
   * `client` is its address where a load balancer has told it.
   */
  refuse(
    socket: Socket,
    error: unknown,
    { tls }: ListenerConfig,
    client = plainAddress(socket.remoteAddress),
  ): void {
    const refusal = error instanceof AppError ? refusals[error.code] : undefined;
    if (!(error instanceof AppError) || refusal === undefined) {
      socket.destroy();
      return;
    }
    this.#tell(client, error, refusal);
    // On a listener for implicit TLS the text would be noise inside a handshake.
    if (tls === 'implicit' || refusal.answer === 'none') {
      socket.destroy();
      return;
    }
    socket.on('error', () => {});
    socket.end(refusalReply(error));
    linger(socket, this.#surroundings.clock);
  }

  #tell(client: string, err: AppError, { text }: Refusal): void {
    const { log, clock } = this.#surroundings;
    const unsaid = this.#repeats.pass(`${err.code} ${client}`, clock.monotonicMs());
    if (unsaid !== undefined)
      log.warn(unsaid === 0 ? { client, err } : { client, unsaid, err }, text);
  }
}
