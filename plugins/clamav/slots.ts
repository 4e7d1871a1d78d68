// Owns how many scans run at a time: first come, first served.

/** The right to one scan; disposing it hands the right to the next in line. */
export type Slot = Disposable;

export class Slots {
  #free: number;
  // A Set keeps the order of arrival and lets one in the middle leave.
  readonly #waiting = new Set<() => void>();

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Waits for a slot; rejects with the reason of `signal` and leaves the line when that aborts. */
  async acquire(signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#waitInLine(signal);
    return this.#slot();
  }

  async #waitInLine(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      // Once called up, the slot is ours and its owner gives it back.
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

  #slot(): Slot {
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#release();
      },
    };
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
