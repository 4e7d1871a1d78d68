// Owns what one account has learnt beyond a model that many share. It never writes into the shared one.
import type { Cells } from './cells.ts';

const firstCapacity = 1024;

/** Memory and time go with what was learnt here: about 16 octets for each slot that differs. */
export class OverlayCells implements Cells {
  readonly base: Cells;
  /** Slot + 1 by its hash; 0 where the place is free. */
  #places = new Int32Array(firstCapacity);
  #weights = new Int16Array(firstCapacity);
  #hams = new Uint16Array(firstCapacity);
  #spams = new Uint16Array(firstCapacity);
  #size = 0;

  constructor(base: Cells) {
    this.base = base;
  }

  /** Slots that differ from the shared model, or once did. */
  get size(): number {
    return this.#size;
  }

  weight(slot: number): number {
    const at = this.#find(slot);
    return at < 0 ? this.base.weight(slot) : (this.#weights[at] ?? 0);
  }

  hams(slot: number): number {
    const at = this.#find(slot);
    return at < 0 ? this.base.hams(slot) : (this.#hams[at] ?? 0);
  }

  spams(slot: number): number {
    const at = this.#find(slot);
    return at < 0 ? this.base.spams(slot) : (this.#spams[at] ?? 0);
  }

  set(slot: number, weight: number, hams: number, spams: number): void {
    let at = this.#find(slot);
    if (at < 0) {
      if (this.#size * 2 >= this.#places.length) this.#grow();
      at = -this.#find(slot) - 1;
      this.#places[at] = slot + 1;
      this.#size += 1;
    }
    this.#weights[at] = weight;
    this.#hams[at] = hams;
    this.#spams[at] = spams;
  }

  *used(): Iterable<number> {
    const own: number[] = [];
    for (const place of this.#places) if (place !== 0) own.push(place - 1);
    yield* own.sort((one, other) => one - other);
  }

  clone(): Cells {
    const copy = new OverlayCells(this.base);
    copy.#places = this.#places.slice();
    copy.#weights = this.#weights.slice();
    copy.#hams = this.#hams.slice();
    copy.#spams = this.#spams.slice();
    copy.#size = this.#size;
    return copy;
  }

  /** Where the slot is kept, or -1 minus the place where it would be. */
  #find(slot: number): number {
    const places = this.#places;
    const mask = places.length - 1;
    let at = Math.imul(slot, 0x9e3779b1) & mask;
    for (;;) {
      const place = places[at] ?? 0;
      if (place === slot + 1) return at;
      if (place === 0) return -at - 1;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const [places, weights, hams, spams] = [this.#places, this.#weights, this.#hams, this.#spams];
    const capacity = places.length * 2;
    this.#places = new Int32Array(capacity);
    this.#weights = new Int16Array(capacity);
    this.#hams = new Uint16Array(capacity);
    this.#spams = new Uint16Array(capacity);
    this.#size = 0;
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] ?? 0;
      if (place === 0) continue;
      this.set(place - 1, weights[at] ?? 0, hams[at] ?? 0, spams[at] ?? 0);
    }
  }
}
