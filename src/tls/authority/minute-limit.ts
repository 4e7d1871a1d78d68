// Owns how often something may be done in a minute. Pure.

const minuteMs = 60_000;

export class MinuteLimit {
  readonly #most: number;
  #beganMs: number | undefined;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Each minute has one first refusal, so that it can be told once. */
  take(nowMs: number): 'taken' | 'first refusal' | 'refused' {
    if (this.#beganMs === undefined || nowMs - this.#beganMs >= minuteMs) {
      this.#beganMs = nowMs;
      this.#taken = 0;
    }
    this.#taken += 1;
    if (this.#taken <= this.#most) return 'taken';
    return this.#taken === this.#most + 1 ? 'first refusal' : 'refused';
  }
}
