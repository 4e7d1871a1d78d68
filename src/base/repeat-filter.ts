// Owns which of many equal things is worth saying: the first, and then one in each period. Bounded.

interface Said {
  readonly atMs: number;
  readonly unsaid: number;
}

const maxKeys = 1000;

export class RepeatFilter {
  readonly #everyMs: number;
  readonly #said = new Map<string, Said>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** How many were left unsaid since the last one; undefined when this one is to be left unsaid too. */
  pass(key: string, nowMs: number): number | undefined {
    const before = this.#said.get(key);
    if (before !== undefined && nowMs - before.atMs < this.#everyMs) {
      this.#said.set(key, { atMs: before.atMs, unsaid: before.unsaid + 1 });
      return undefined;
    }
    this.#said.delete(key);
    if (this.#said.size >= maxKeys) this.#forgetOldest();
    this.#said.set(key, { atMs: nowMs, unsaid: 0 });
    return before?.unsaid ?? 0;
  }

  /** Keys lie in the order in which they were said last. */
  #forgetOldest(): void {
    const [oldest] = this.#said.keys();
    if (oldest !== undefined) this.#said.delete(oldest);
  }
}
