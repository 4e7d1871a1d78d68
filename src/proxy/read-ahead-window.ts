// Owns the guess which messages a client asks for next, and how many of them are worth fetching early.
// It knows numbers only.

/** As long as the guess is right, the window doubles; a jump halves it. */
const firstSize = 2;
/** Numbers that are looked at for one window: of a client that asks again and again, most are had. */
const maxReach = 256;

export class ReadAheadWindow {
  readonly #maxSize: number;
  #size = firstSize;
  #last: number | undefined;
  #direction: 1 | -1 = 1;

  /** At most `maxSize` messages ahead. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** How many messages it holds. */
  get size(): number {
    return this.#size;
  }

  /** The client asked for this message; `guess` says whether that had been foreseen. */
  asked(number: number, guess: 'right' | 'wrong'): void {
    const last = this.#last;
    this.#last = number;
    if (guess === 'right') {
      this.#size = Math.min(2 * this.#size, this.#maxSize);
      return;
    }
    if (last === undefined || last === number) return;
    this.#direction = number > last ? 1 : -1;
    // The neighbour is no jump: the messages before it were not fetched early, for whatever reason.
    if (Math.abs(number - last) > 1) this.#size = Math.max(1, Math.floor(this.#size / 2));
  }

  /** Is that number near enough to be asked for soon? */
  holds(number: number): boolean {
    if (this.#last === undefined) return false;
    const steps = (number - this.#last) * this.#direction;
    return steps > 0 && steps <= this.#size;
  }

  /**
   * The first number to have ahead, or with `after` the one behind that; undefined when there is none
   * out of `count`, or only beyond reach.
   */
  next(count: number, after: number | undefined = this.#last): number | undefined {
    if (this.#last === undefined || after === undefined) return undefined;
    const number = after + this.#direction;
    const isInReach = Math.abs(number - this.#last) <= maxReach;
    return number >= 1 && number <= count && isInReach ? number : undefined;
  }
}
