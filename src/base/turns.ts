// Owns how many pieces of work of one kind run at a time: first come, first served.

/** A limit that lasts longer than one message belongs to the instance of a plugin, made in `setup`. */
export class Turns {
  #free: number;
  // A Set keeps the order of arrival and lets one in the middle leave.
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Runs `work` when it is its turn; rejects without running it when `signal` aborts before. */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      // Once called up, the turn is taken and will be given back.
      if (this.#waiting.delete(resolve)) reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #release(): void {
    const [callUp] = this.#waiting;
    if (callUp === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(callUp);
    callUp();
  }
}
