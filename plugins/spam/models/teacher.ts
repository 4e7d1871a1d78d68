// Owns what one lesson does to one model: once each, corrected where it was wrong before, and all of it in
// one transaction, so that a crash leaves the model as it was before or as it is after.
import type { Clock, Lesson, LessonOutcome, SqlDatabase } from '#plugin-api';
import type { Features } from '../features/features.ts';
import type { TrainingStep } from '../learning/training-step.ts';
import { type LessonLimits, takeLesson } from './lesson-limits.ts';
import type { GivenLesson, Label, LessonRows, LessonWeight } from './lesson-rows.ts';
import type { ModelRows } from './model-rows.ts';
import type { Owner } from './owner.ts';
import type { Shelf, ShelvedModel } from './shelf.ts';
import { stepFromRecord, stepToRecord } from './step-record.ts';

export interface TeacherServices {
  readonly database: SqlDatabase;
  readonly models: ModelRows;
  readonly lessons: LessonRows;
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly limits: LessonLimits;
}

/** `agreement`: of several accounts, for all. */
export type LessonSource = Lesson['source'] | 'agreement' | 'import';

export interface ModelLesson {
  readonly mark: Buffer;
  readonly features: Features;
  readonly as: Label | 'forget';
  readonly weight: LessonWeight;
  readonly source: LessonSource;
}

/** Changes after which the model is written anew, however small it is. */
const leastChanges = 64;
/** One more for so many octets of a model. */
const octetsOfChange = 16 * 1024;

const learned: LessonOutcome = { kind: 'learned' };

export class Teacher {
  readonly #services: TeacherServices;
  readonly #keptOctets = new Map<number, number>();

  constructor(services: TeacherServices) {
    this.#services = services;
  }

  teach(owner: Owner, lesson: ModelLesson): LessonOutcome {
    return this.#change(owner, (model) => this.#give(model, lesson));
  }

  /** Takes back the lesson on that message, without the message; only one from `source`, if it is given. */
  forget(owner: Owner, mark: Buffer, source?: LessonSource): LessonOutcome {
    return this.#change(owner, (model) => this.#takeBack(model, mark, source));
  }

  /** Why this account may not teach now, without a model of its own; undefined when it may. */
  refusal(owner: Owner, { as, source }: ModelLesson): LessonOutcome | undefined {
    const { database, models } = this.#services;
    if (as === 'forget' || isTrusted(source)) return undefined;
    return database.transaction(() => this.#refusalOf(models.findOrMake(owner).id));
  }

  #refusalOf(model: number): LessonOutcome | undefined {
    const { models, limits, clock } = this.#services;
    const isTaken = takeLesson(models, model, limits, clock.nowMs()) === 'taken';
    return isTaken ? undefined : unchanged('this account has taught enough for today');
  }

  #change(owner: Owner, work: (model: ShelvedModel) => LessonOutcome): LessonOutcome {
    const { database, models, shelf } = this.#services;
    let model: ShelvedModel | undefined;
    try {
      return database.transaction(() => {
        const state = models.findOrMake(owner);
        model = shelf.get(state);
        const outcome = work(model);
        if (model.revision > state.revision) this.#tidy(model);
        return outcome;
      });
    } catch (error) {
      // The model in memory is ahead of the one that was not written.
      if (model !== undefined) shelf.drop(model.id);
      throw error;
    }
  }

  #give(model: ShelvedModel, lesson: ModelLesson): LessonOutcome {
    const { lessons, clock } = this.#services;
    const { mark, as, weight, source } = lesson;
    if (as === 'forget') return this.#takeBack(model, mark);
    const before = lessons.find(model.id, mark);
    if (before?.source === 'command' && source === 'agreement') {
      return unchanged('the administrator has said what it is');
    }
    if (before !== undefined) {
      const isSame = before.label === as;
      if (isSame && (before.weight === 'correction' || weight === 'confirmation')) {
        return unchanged('this was learned before');
      }
      if (!isSame && before.weight === 'correction' && weight === 'confirmation') {
        return unchanged('a person has said otherwise');
      }
    }
    const refusal = isTrusted(source) ? undefined : this.#refusalOf(model.id);
    if (refusal !== undefined) return refusal;
    if (before !== undefined) this.#revert(model, before);
    const step = model.model.train(lesson.features, as, weight);
    const record = stepToRecord(step);
    this.#record(model, 'apply', step, record);
    const taughtMs = clock.nowMs();
    lessons.put(model.id, { message: mark, label: as, weight, source, taughtMs, step: record });
    return learned;
  }

  #takeBack(model: ShelvedModel, mark: Buffer, source?: LessonSource): LessonOutcome {
    const { lessons } = this.#services;
    const before = lessons.find(model.id, mark);
    if (before === undefined || (source !== undefined && before.source !== source)) {
      return unchanged('this was not learned');
    }
    if (before.step === undefined) return unchanged('it was learned too long ago to be taken back');
    this.#revert(model, before);
    lessons.remove(model.id, mark);
    return learned;
  }

  #revert(model: ShelvedModel, { step: record }: GivenLesson): void {
    const step = record && stepFromRecord(record);
    if (record === undefined || step === undefined) return;
    model.model.revert(step);
    this.#record(model, 'revert', step, record);
  }

  /** The model in memory has it already. */
  #record(
    model: ShelvedModel,
    direction: 'apply' | 'revert',
    { features }: TrainingStep,
    step: Uint8Array,
  ): void {
    const { models, shelf, clock } = this.#services;
    model.revision += 1;
    models.addChange(model.id, { revision: model.revision, direction, step }, clock.nowMs());
    const { grams, words, tail, traits, shape } = features;
    const own = [grams, words, tail, traits, shape];
    shelf.grown(
      model,
      own.reduce((sum, { length }) => sum + length, 0),
    );
  }

  #tidy(model: ShelvedModel): void {
    const { models, lessons, limits, clock } = this.#services;
    const room = leastChanges + Math.floor((this.#keptOctets.get(model.id) ?? 0) / octetsOfChange);
    if (model.revision - model.keptRevision < room) return;
    const content = model.model.toBuffer();
    this.#keptOctets.set(model.id, content.length);
    models.keep(model.id, model.revision, content, clock.nowMs());
    model.keptRevision = model.revision;
    lessons.trim(model.id, limits.keptLessons);
  }
}

/** The administrator, and what has been weighed before it came here. */
function isTrusted(source: LessonSource): boolean {
  return source === 'command' || source === 'agreement' || source === 'import';
}

function unchanged(reason: string): LessonOutcome {
  return { kind: 'unchanged', reason };
}
