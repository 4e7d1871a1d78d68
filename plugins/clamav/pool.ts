// Owns which clamd a message is given to, and the line of messages that wait for one.
import { untilAborted } from './abortable.ts';
import type { ClamdServer } from './server.ts';

/** `spread`: the least busy one. `first`: the first in the list that is not full. */
export type Strategy = 'spread' | 'first';

interface Waiter {
  readonly tried: ReadonlySet<ClamdServer>;
  /** With a server that has been entered, or without one: nobody is left who could take it. */
  callUp(server: ClamdServer | undefined): void;
}

export class Pool {
  readonly #servers: readonly ClamdServer[];
  readonly #strategy: Strategy;
  // A Set keeps the order of arrival and lets one in the middle leave.
  readonly #waiting = new Set<Waiter>();
  /** Least recently used first. */
  #order: ClamdServer[];

  constructor(servers: readonly ClamdServer[], strategy: Strategy) {
    this.#servers = servers;
    this.#strategy = strategy;
    this.#order = [...servers];
    for (const server of servers) server.watch(() => this.#callUp());
  }

  /**
   * Runs `work` on a healthy server that is not in `tried`, as soon as one has room. Undefined when
   * no other server answers.
   */
  async use<T>(
    signal: AbortSignal,
    tried: ReadonlySet<ClamdServer>,
    work: (server: ClamdServer) => Promise<T>,
  ): Promise<T | undefined> {
    const server = await this.#enter(signal, tried);
    if (server === undefined) return undefined;
    try {
      return await work(server);
    } finally {
      server.leave();
      this.#callUp();
    }
  }

  /** Names the versions of all healthy servers; undefined while one of them is not known. */
  get versionKey(): string | undefined {
    const keys = new Set<string>();
    for (const server of this.#servers.filter(({ isHealthy }) => isHealthy)) {
      if (server.versionKey === undefined) return undefined;
      keys.add(server.versionKey);
    }
    return keys.size === 0 ? undefined : [...keys].toSorted().join('+');
  }

  /** What is wrong with those that are not well. */
  get errors(): string {
    const ill = this.#servers.filter(({ isHealthy }) => !isHealthy);
    return ill.map(({ name, error = 'not asked' }) => `${name}: ${error}`).join(', ');
  }

  stop(): void {
    for (const server of this.#servers) server.stop();
  }

  async #enter(
    signal: AbortSignal,
    tried: ReadonlySet<ClamdServer>,
  ): Promise<ClamdServer | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (!this.#isAnyHealthy(tried) && !(await this.#askAgain(signal, tried))) return undefined;
      const server = this.#take(tried) ?? (await this.#wait(signal, tried));
      if (server !== undefined) return server;
    }
  }

  /** Rather than defer a message unasked, everybody is asked, whatever pause the breaker wants. */
  async #askAgain(signal: AbortSignal, tried: ReadonlySet<ClamdServer>): Promise<boolean> {
    const answers = this.#servers
      .filter((server) => !tried.has(server))
      .map(async (server) => {
        if (!(await server.revive())) throw new Error(server.error);
      });
    const anyAnswer = Promise.any(answers).then(
      () => true,
      () => false,
    );
    return await untilAborted(anyAnswer, signal);
  }

  async #wait(
    signal: AbortSignal,
    tried: ReadonlySet<ClamdServer>,
  ): Promise<ClamdServer | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<ClamdServer | undefined>();
    const waiter: Waiter = { tried, callUp: resolve };
    const onAbort = (): void => {
      // Once called up, the server is entered and will be left.
      if (this.#waiting.delete(waiter)) reject(signal.reason);
    };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #callUp(): void {
    for (const waiter of this.#waiting) {
      const server = this.#take(waiter.tried);
      if (server === undefined && this.#isAnyHealthy(waiter.tried)) continue;
      this.#waiting.delete(waiter);
      waiter.callUp(server);
    }
  }

  #isAnyHealthy(tried: ReadonlySet<ClamdServer>): boolean {
    return this.#servers.some((server) => server.isHealthy && !tried.has(server));
  }

  #take(tried: ReadonlySet<ClamdServer>): ClamdServer | undefined {
    const candidates = this.#strategy === 'first' ? this.#servers : this.#order;
    const free = candidates.filter((server) => server.hasRoom && !tried.has(server));
    const [taken] = this.#strategy === 'first' ? free : free.toSorted((a, b) => a.load - b.load);
    if (taken === undefined) return undefined;
    taken.enter();
    this.#order = [...this.#order.filter((server) => server !== taken), taken];
    return taken;
  }
}
