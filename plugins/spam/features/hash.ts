// Owns the numbers that stand for features, and sets of them. It knows nothing of mail.

/** Spreads the bits (the finalizer of MurmurHash3), so that any of them can choose a slot. */
export function mix(value: number): number {
  let hash = value;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One more code in a running hash; not spread yet. */
export function step(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** Of a string, by its code units. */
export function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = step(hash, text.charCodeAt(at));
  return mix(hash);
}

/**
 * A set of up to `limit` numbers, in the order in which they came. It is emptied without being
 * written over, so that one set serves message after message.
 */
export class HashSet {
  readonly #limit: number;
  readonly #mask: number;
  readonly #values: Uint32Array;
  readonly #turns: Uint32Array;
  readonly #order: Uint32Array;
  #turn = 1;
  #size = 0;

  constructor(limit: number) {
    const capacity = 2 ** Math.ceil(Math.log2(limit * 2));
    this.#limit = limit;
    this.#mask = capacity - 1;
    this.#values = new Uint32Array(capacity);
    this.#turns = new Uint32Array(capacity);
    this.#order = new Uint32Array(limit);
  }

  get size(): number {
    return this.#size;
  }

  /** Once it is full, more is ignored. */
  add(value: number): void {
    let at = value & this.#mask;
    while (this.#turns[at] === this.#turn) {
      if (this.#values[at] === value) return;
      at = (at + 1) & this.#mask;
    }
    if (this.#size === this.#limit) return;
    this.#turns[at] = this.#turn;
    this.#values[at] = value;
    this.#order[this.#size] = value;
    this.#size += 1;
  }

  /** What it holds. */
  values(): Uint32Array {
    return this.#order.slice(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
    this.#turn += 1;
    if (this.#turn === 0xffff_ffff) {
      this.#turns.fill(0);
      this.#turn = 1;
    }
  }
}
