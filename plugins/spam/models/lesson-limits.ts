// Owns how much one account may teach, so that no stolen or careless one floods its model.
import type { ModelRows } from './model-rows.ts';

const dayMs = 86_400_000;

export interface LessonLimits {
  /** Of one account, those of the administrator not counted. */
  readonly lessonsPerDay: number;
  /** Lessons of one model that can be taken back without the message. */
  readonly keptLessons: number;
}

/** Counts one more lesson, unless there were too many today. */
export function takeLesson(
  rows: ModelRows,
  model: number,
  { lessonsPerDay }: LessonLimits,
  nowMs: number,
): 'taken' | 'too-many' {
  const day = Math.floor(nowMs / dayMs);
  const known = rows.lessonsOfDay(model);
  const lessons = known.day === day ? known.lessons : 0;
  if (lessons >= lessonsPerDay) return 'too-many';
  rows.setLessonsOfDay(model, { day, lessons: lessons + 1 });
  return 'taken';
}
