// Owns giving the lessons that have been written down: to the desk, with what is kept of their messages. It
// decides neither what is learned nor by whom.
import { toAppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import {
  isAboutSender,
  type KeptMessage,
  type TrainingStore,
  type WaitingLesson,
} from '../stores/training-store.ts';
import type { LessonResultWord, TrainingMetrics } from '../telemetry/training-metrics.ts';
import type { LessonReport } from './lesson-request.ts';
import type { TrainingDesk } from './training-desk.ts';

export interface LessonRoundParts {
  readonly store: TrainingStore;
  /** That of the configuration which is in force. */
  desk(): Pick<TrainingDesk, 'teach' | 'heedSender'>;
  readonly metrics: TrainingMetrics;
  readonly log: Logger;
}

/** What came of a lesson, for whoever waits for it. */
export interface GivenLesson {
  readonly result: LessonResultWord;
  /** Of plugins that changed nothing, in their words. */
  readonly reasons: readonly string[];
  /** Plugins that could not take it; they get it again. */
  readonly failed: readonly string[];
}

/** With the pauses of the store: some two days. */
const mostAttempts = 18;

export class LessonRound {
  readonly #parts: LessonRoundParts;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: LessonRoundParts) {
    this.#parts = parts;
  }

  /** This lesson, for somebody who waits; undefined when another process is at it or it is not there. */
  async give(number: number): Promise<GivenLesson | undefined> {
    const lesson = this.#parts.store.claim(number);
    return lesson === undefined ? undefined : this.#give(lesson);
  }

  /** All that are due; who asks while it runs gets the same round. */
  giveAll(): Promise<void> {
    this.#running ??= this.#giveAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when none of `giveAll` is under way; the others wait for the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running?.catch(() => {});
  }

  async #giveAll(): Promise<void> {
    while (!this.#isStopped) {
      const lesson = this.#parts.store.claim();
      if (lesson === undefined) return;
      await this.#give(lesson);
    }
  }

  async #give(lesson: WaitingLesson): Promise<GivenLesson> {
    const { metrics, log } = this.#parts;
    const { result, reasons = [], failed = [], user, more } = await this.#attempt(lesson);
    const { what, source, weight } = lesson;
    metrics.lesson(source, what, result);
    const facts = { lesson: what, source, weight, user, result, ...more };
    const isGiven = result === 'learned' || result === 'unchanged';
    if (isGiven && failed.length > 0) log.warn(facts, 'lesson given in part');
    else if (isGiven) log.info(facts, 'lesson given');
    else log.warn(facts, 'lesson not given');
    return { result, reasons, failed };
  }

  async #attempt(lesson: WaitingLesson): Promise<Attempt> {
    const { store } = this.#parts;
    const known = store.find(lesson.message);
    const user = known?.account?.user;
    try {
      if (known === undefined) return this.#drop(lesson, user, 'its message is gone');
      const octets = await store.read(lesson.message);
      const report = await this.#teach(lesson, known, octets);
      const results = report.outcomes.map(({ plugin, outcome }) => `${plugin}: ${outcome.kind}`);
      if (results.length === 0) return this.#drop(lesson, user, 'no plugin takes it');
      if (report.kind === 'failed') return this.#postpone(lesson, user, { results });
      const failed = failedIn(report);
      // Who has learned it already changes nothing when it comes again.
      if (failed.length > 0) {
        store.remember(lesson);
        this.#postpone(lesson, user, {});
      } else {
        store.settle(lesson);
      }
      const reasons = reasonsIn(report);
      return { result: report.kind, reasons, failed, user, more: { results } };
    } catch (error) {
      const err = toAppError(error);
      if (err.code === 'TRAINING_MESSAGE_UNREADABLE') return this.#drop(lesson, user, err.code);
      return this.#postpone(lesson, user, { err });
    }
  }

  async #teach(
    { what, weight, source }: WaitingLesson,
    { account, uidl }: KeptMessage,
    octets: Buffer,
  ): Promise<LessonReport> {
    const desk = this.#parts.desk();
    if (!isAboutSender(what))
      return desk.teach({ account, as: what, weight, source, octets, uidl });
    // Nobody has a list for all: that is the administrator's configuration.
    if (account === undefined) return { kind: 'unchanged', outcomes: [] };
    const as = what === 'unlist' ? 'forget' : what;
    return desk.heedSender({ account, as, source, octets, uidl });
  }

  #drop(lesson: WaitingLesson, user: string | undefined, reason: string): Attempt {
    this.#parts.store.drop(lesson);
    return { result: 'dropped', user, more: { reason } };
  }

  #postpone(lesson: WaitingLesson, user: string | undefined, more: Facts): Attempt {
    if (lesson.attempts >= mostAttempts) return this.#drop(lesson, user, 'too many attempts');
    this.#parts.store.postpone(lesson);
    return { result: 'postponed', user, more };
  }
}

type Facts = Readonly<Record<string, unknown>>;

interface Attempt {
  readonly result: LessonResultWord;
  readonly reasons?: readonly string[];
  readonly failed?: readonly string[];
  readonly user: string | undefined;
  readonly more: Facts;
}

function reasonsIn({ outcomes }: LessonReport): string[] {
  return outcomes.flatMap(({ outcome }) =>
    outcome.kind === 'unchanged' ? [outcome.reason.slice(0, 200)] : [],
  );
}

function failedIn({ outcomes }: LessonReport): string[] {
  return outcomes.flatMap(({ plugin, outcome }) => (outcome.kind === 'failed' ? [plugin] : []));
}
