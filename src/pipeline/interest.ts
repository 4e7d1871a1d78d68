// Owns for how long a plugin's result is wanted. A signal is made only for who asks for it: most plugins
// never do, and one costs more than many an inspection.

/** What reading on behalf of somebody has to know. */
export interface Wanted {
  readonly signal: AbortSignal;
  throwIfAborted(): void;
}

/** One for all: an error of its own for each message would cost more than many a judgement. */
const notWanted = new DOMException('the result is no longer wanted', 'AbortError');

export class Interest implements Wanted {
  #isOver = false;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isOver) this.#controller.abort(notWanted);
    }
    return this.#controller.signal;
  }

  throwIfAborted(): void {
    if (this.#isOver) throw notWanted;
  }

  end(): void {
    this.#isOver = true;
    this.#controller?.abort(notWanted);
  }
}

/** The same face of a signal that is there. */
export function wantedUntil(signal: AbortSignal): Wanted {
  return { signal, throwIfAborted: () => signal.throwIfAborted() };
}
