// Owns which of several servers that do the same is asked, how many questions each gets at a time, and
// who is asked next when one fails. What a question is, and how it is put, is the caller's.
import type { Clock } from './clock.ts';
import { type FailureKind, ServerHealth } from './server-health.ts';
import { Turns } from './turns.ts';

/** A failure of the server and not of what it was asked: another one may be tried. */
export class ServerFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerFailure';
    this.kind = kind;
  }
}

export interface FailoverOptions<Server> {
  /** In order of preference. */
  readonly servers: readonly Server[];
  /** `spread`: the least busy one first. `first`: always in the order given. */
  readonly strategy: 'spread' | 'first';
  /** Questions at a time on one server; further ones wait in order. */
  readonly maxConcurrent: number;
  /** For one question on one server. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Once for each change, with the reason why it is left alone. */
  onChange?(server: Server, news: 'up' | 'down', reason: string | undefined): void;
}

interface Place<Server> {
  readonly server: Server;
  readonly health: ServerHealth;
  readonly turns: Turns;
  /** Asked or waiting for a turn. */
  load: number;
  news: 'up' | 'down' | undefined;
}

// A message that breaks one server and then another is not given to all of them in turn. One that could
// not even be reached does not count.
const maxBreaks = 2;

export class Failover<Server> {
  readonly #options: FailoverOptions<Server>;
  readonly #places: readonly Place<Server>[];

  constructor(options: FailoverOptions<Server>) {
    this.#options = options;
    this.#places = options.servers.map((server) => ({
      server,
      health: new ServerHealth(options.random),
      turns: new Turns(options.maxConcurrent),
      load: 0,
      news: undefined,
    }));
  }

  /**
   * Asks one server after another until one answers. Those that are left alone come last, but rather
   * than that nobody is asked, they are. `ask` throws a `ServerFailure` for what is the server's fault;
   * whatever else it throws is thrown at once. Its signal aborts when the time is up.
   */
  async ask<Answer>(
    signal: AbortSignal,
    ask: (server: Server, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const tried = new Set<Place<Server>>();
    let last: ServerFailure | undefined;
    for (let breaks = 0; breaks < maxBreaks; ) {
      const place = this.#choose(tried);
      if (place === undefined) break;
      tried.add(place);
      try {
        return await this.#askOne(place, signal, ask);
      } catch (error) {
        if (!(error instanceof ServerFailure)) throw error;
        last = error;
        if (error.kind === 'broken') breaks += 1;
      }
    }
    throw last ?? new ServerFailure('unreachable', 'there is no server');
  }

  #choose(tried: ReadonlySet<Place<Server>>): Place<Server> | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    const left = this.#places.filter((place) => !tried.has(place));
    const well = left.filter(({ health }) => !health.isLeftAlone(nowMs));
    const candidates = well.length > 0 ? well : left;
    if (this.#options.strategy === 'first') {
      return candidates.find(({ load }) => load < this.#options.maxConcurrent) ?? candidates[0];
    }
    return candidates.toSorted((a, b) => a.load - b.load)[0];
  }

  async #askOne<Answer>(
    place: Place<Server>,
    signal: AbortSignal,
    ask: (server: Server, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const { clock } = this.#options;
    const { server, health, turns } = place;
    place.load += 1;
    try {
      return await turns.take(signal, async () => {
        health.trying();
        const answer = await this.#inTime(signal, (until) => ask(server, until));
        health.succeeded();
        this.#tell(place, undefined);
        return answer;
      });
    } catch (error) {
      if (error instanceof ServerFailure) {
        health.failed(error.kind, clock.monotonicMs());
        if (health.isFailing) this.#tell(place, error.message);
      } else {
        health.abandoned();
      }
      throw error;
    } finally {
      place.load -= 1;
    }
  }

  /** Waits for no one who does not heed the signal. */
  async #inTime<Answer>(
    parent: AbortSignal,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const { clock, timeoutMs } = this.#options;
    const controller = new AbortController();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (reason: unknown): void => {
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = (): void => stop(parent.reason);
    const timer = clock.after(timeoutMs, () =>
      stop(new ServerFailure('broken', 'it did not answer in time')),
    );
    parent.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([work(controller.signal), stopped]);
    } finally {
      timer.cancel();
      parent.removeEventListener('abort', onAbort);
    }
  }

  #tell(place: Place<Server>, reason: string | undefined): void {
    const news = reason === undefined ? 'up' : 'down';
    if (place.news === news) return;
    place.news = news;
    this.#options.onChange?.(place.server, news, reason);
  }
}
