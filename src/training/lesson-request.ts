// Owns how a lesson is handed in, and what came of it. It teaches nobody.
import type { Lesson, LessonOutcome } from '../plugin-api/lesson.ts';

/** A lesson from wherever it comes. Whoever hands it in has made sure that its teacher is entitled to it. */
export interface LessonRequest extends Omit<Lesson, 'message'> {
  /** The message as the upstream sent it: whole, or as it is read. Not dot-stuffed. */
  readonly octets: Buffer | AsyncIterable<Buffer>;
}

/** What one plugin made of a lesson. */
export interface PupilOutcome {
  readonly plugin: string;
  /** `failed`: the same lesson may be given again later; the reason is for people, and in the log. */
  readonly outcome: LessonOutcome | { readonly kind: 'failed'; readonly reason: string };
}

export interface LessonReport {
  /** `learned` when any plugin has, `failed` when none has and one failed, else `unchanged`. */
  readonly kind: 'learned' | 'unchanged' | 'failed';
  /** In the order of the chain. Empty where no plugin of the chain can learn. */
  readonly outcomes: readonly PupilOutcome[];
}

export function toReport(outcomes: readonly PupilOutcome[]): LessonReport {
  const has = (kind: PupilOutcome['outcome']['kind']): boolean =>
    outcomes.some(({ outcome }) => outcome.kind === kind);
  const kind = has('learned') ? 'learned' : has('failed') ? 'failed' : 'unchanged';
  return { kind, outcomes };
}
