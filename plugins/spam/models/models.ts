// Owns how the parts that keep models fit together, and where a lesson goes by the scope of the options.
import type { Counter, Knowledge, Lesson, LessonOutcome, PluginServices } from '#plugin-api';
import { extractFeatures } from '../features/extract.ts';
import { type MessageSample, readSample } from '../features/sample.ts';
import type { SpamModel } from '../learning/model.ts';
import type { SpamOptions } from '../options.ts';
import { Agreement } from './agreement.ts';
import { LessonRows } from './lesson-rows.ts';
import { markOf } from './message-mark.ts';
import { ModelKnowledge } from './model-knowledge.ts';
import { ModelRows } from './model-rows.ts';
import { everybody, ownerOf } from './owner.ts';
import { Shelf } from './shelf.ts';
import { databaseForm } from './tables.ts';
import { type ModelLesson, Teacher } from './teacher.ts';
import { Upkeep } from './upkeep.ts';
import { VoteRows } from './vote-rows.ts';

export class Models {
  readonly shelf: Shelf;
  readonly knowledge: Knowledge;
  readonly #teacher: Teacher;
  readonly #agreement: Agreement;
  readonly #upkeep: Upkeep;
  readonly #scope: SpamOptions['scope'];
  readonly #given: Counter;

  constructor(
    { agreement, ...options }: SpamOptions,
    base: SpamModel,
    services: Pick<PluginServices, 'clock' | 'database' | 'log' | 'metrics'>,
  ) {
    const { clock, log } = services;
    const database = services.database(databaseForm);
    const models = new ModelRows(database);
    const lessons = new LessonRows(database);
    const votes = new VoteRows(database);
    const shelf = new Shelf({ rows: models, lessons, log, base, maxBytes: options.cache });
    const limits = { lessonsPerDay: options.lessons_per_day, keptLessons: options.keep_lessons };
    const teacher = new Teacher({ database, models, lessons, shelf, clock, limits });
    const { accounts, domains, within: withinMs } = agreement;
    this.shelf = shelf;
    this.knowledge = new ModelKnowledge({ database, models, lessons, shelf, clock });
    this.#teacher = teacher;
    const terms = { accounts, domains, withinMs };
    this.#agreement = new Agreement({ database, votes, teacher, clock, terms });
    const ages = { lessonsMs: options.keep_lessons_for, votesMs: withinMs };
    this.#upkeep = new Upkeep({ lessons, votes, clock }, ages);
    this.#scope = options.scope;
    this.#given = services.metrics.counter('lessons_total', {
      help: 'Lessons, by what they say, whose model they are for, and what came of them.',
      labels: ['as', 'model', 'outcome'],
    });
  }

  async learn({ account, as, weight, source, message }: Lesson): Promise<LessonOutcome> {
    const sample = await readSample(message);
    if (sample.fields.length === 0) return { kind: 'unchanged', reason: 'this is no message' };
    this.#upkeep.whenDue();
    const features = extractFeatures(sample);
    const lesson = { mark: markOf(sample), features, as, weight, source };
    return account === undefined
      ? this.#counted('shared', lesson, this.#teacher.teach(everybody, lesson))
      : this.#learnFrom(account, sample, lesson);
  }

  #learnFrom(
    account: NonNullable<Lesson['account']>,
    sample: MessageSample,
    lesson: ModelLesson,
  ): LessonOutcome {
    const owner = ownerOf(account);
    // No login name is empty; that name is the one of all.
    if (owner.user === everybody.user) return { kind: 'unchanged', reason: 'this is no account' };
    if (this.#scope === 'shared') {
      const refusal = this.#teacher.refusal(owner, lesson);
      if (refusal !== undefined) return this.#counted('shared', lesson, refusal);
      return this.#counted('shared', lesson, this.#agreement.vote(owner, sample, lesson));
    }
    const own = this.#counted('account', lesson, this.#teacher.teach(owner, lesson));
    if (this.#scope === 'both' && (own.kind === 'learned' || lesson.as === 'forget')) {
      this.#counted('shared', lesson, this.#agreement.vote(owner, sample, lesson));
    }
    return own;
  }

  #counted(
    model: 'account' | 'shared',
    { as }: ModelLesson,
    outcome: LessonOutcome,
  ): LessonOutcome {
    this.#given.add(1, { as, model, outcome: outcome.kind });
    return outcome;
  }
}
