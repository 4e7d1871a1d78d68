// Owns which state of an entry may follow which.
import type { QuarantineState } from './store.ts';

/**
 * `collected`, `discarded` and `expired` have no content any more; only storing the message again leads
 * back to `held`. An expired entry may still be discarded: that says that nobody misses the message,
 * so that the copy upstream may go.
 */
const next: Readonly<Record<QuarantineState, readonly QuarantineState[]>> = {
  held: ['released', 'discarded', 'expired'],
  released: ['collected', 'discarded', 'expired'],
  collected: [],
  discarded: [],
  expired: ['discarded'],
};

export const quarantineStates: readonly QuarantineState[] = [
  'held',
  'released',
  'collected',
  'discarded',
  'expired',
];

/** The states in which the content is there. */
export const statesWithContent = ['held', 'released'] as const satisfies readonly QuarantineState[];

export function hasContent(state: QuarantineState): boolean {
  return statesWithContent.some((each) => each === state);
}

export function mayBecome(from: QuarantineState, to: QuarantineState): boolean {
  return next[from].includes(to);
}

/** All states from which this one can be reached in one step. */
export function statesBefore(to: QuarantineState): QuarantineState[] {
  return quarantineStates.filter((from) => mayBecome(from, to));
}
