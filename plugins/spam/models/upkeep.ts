// Owns forgetting what is too old: lessons and votes of all models, once in a while, when lessons come.
import type { Clock } from '#plugin-api';
import type { LessonRows } from './lesson-rows.ts';
import type { VoteRows } from './vote-rows.ts';

export interface UpkeepServices {
  readonly lessons: LessonRows;
  readonly votes: VoteRows;
  readonly clock: Clock;
}

export interface Ages {
  readonly lessonsMs: number;
  readonly votesMs: number;
}

const everyMs = 3_600_000;

export class Upkeep {
  readonly #services: UpkeepServices;
  readonly #ages: Ages;
  #doneAtMs = Number.NEGATIVE_INFINITY;

  constructor(services: UpkeepServices, ages: Ages) {
    this.#services = services;
    this.#ages = ages;
  }

  whenDue(): void {
    const { lessons, votes, clock } = this.#services;
    const nowMs = clock.nowMs();
    if (nowMs < this.#doneAtMs + everyMs) return;
    this.#doneAtMs = nowMs;
    lessons.forgetBefore(Math.floor(nowMs - this.#ages.lessonsMs));
    votes.forgetBefore(Math.floor(nowMs - this.#ages.votesMs));
  }
}
