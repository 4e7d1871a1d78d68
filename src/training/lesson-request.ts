// Owns how a lesson is handed in, and what came of it. It teaches nobody.
import type { Lesson, LessonResult, SenderWish } from '../plugin-api/lesson.ts';

/** A lesson from wherever it comes. Whoever hands it in has made sure that its teacher is entitled to it. */
export interface LessonRequest extends Omit<Lesson, 'message'> {
  /** The message as the upstream sent it: whole, or as it is read. Not dot-stuffed. */
  readonly octets: Buffer | AsyncIterable<Buffer>;
  /** For the record. */
  readonly uidl?: string | undefined;
}

/** The same for what a reader wants of a sender. */
export interface SenderRequest extends Omit<SenderWish, 'message'> {
  readonly octets: LessonRequest['octets'];
  readonly uidl?: string | undefined;
}

export interface LessonReport {
  /** `learned` when any plugin has, `failed` when none has and one failed, else `unchanged`. */
  readonly kind: 'learned' | 'unchanged' | 'failed';
  /** In the order of the chain. Empty where no plugin of the chain can learn. */
  readonly outcomes: readonly LessonResult[];
}

export function toReport(outcomes: readonly LessonResult[]): LessonReport {
  const has = (kind: LessonResult['outcome']['kind']): boolean =>
    outcomes.some(({ outcome }) => outcome.kind === kind);
  const kind = has('learned') ? 'learned' : has('failed') ? 'failed' : 'unchanged';
  return { kind, outcomes };
}
