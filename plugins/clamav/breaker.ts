// Owns whether one clamd is given messages: the states of its circuit breaker. Pure; the clock that
// ends a pause belongs to the server.

export type BreakerState = 'closed' | 'open' | 'half-open';

// Failed scans in a row.
const failuresToOpen = 3;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

export class Breaker {
  readonly #random: () => number;
  #state: BreakerState = 'closed';
  #failures = 0;
  /** Pauses since the last scan that succeeded. */
  #pauses = 0;
  #pauseMs = 0;

  /** `random` gives numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How long to wait before the next question, once open. */
  get pauseMs(): number {
    return this.#pauseMs;
  }

  scanSucceeded(): void {
    this.#state = 'closed';
    this.#failures = 0;
    this.#pauses = 0;
  }

  scanFailed(): void {
    // Scans that were begun before it opened tell nothing new.
    if (this.#state !== 'closed') return;
    this.#failures += 1;
    if (this.#failures >= failuresToOpen) this.#open();
  }

  /** The pause is over: one question decides. */
  probe(): void {
    if (this.#state === 'open') this.#state = 'half-open';
  }

  checkSucceeded(): void {
    // An answer to what was asked before it opened does not count.
    if (this.#state !== 'half-open') return;
    this.#state = 'closed';
    // It speaks; whether it scans is for the next scan to show, and one failure is enough.
    this.#failures = failuresToOpen - 1;
  }

  /** Who does not answer a question as simple as this is not there. */
  checkFailed(): void {
    if (this.#state !== 'open') this.#open();
  }

  #open(): void {
    this.#state = 'open';
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pauses += 1;
    // Several proxies in front of one clamd must not all come back in the same instant.
    this.#pauseMs = Math.round(pauseMs * (0.75 + this.#random() / 4));
  }
}
