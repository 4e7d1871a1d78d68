// Owns what the supervisor has of training: the page writes lessons down here, and a worker gives them,
// since only workers have plugins.
import type { TrainingPageServices } from '../../admin/training/training-server.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Config } from '../../config/schema.ts';
import { openQuarantine } from '../../stores/open-quarantine.ts';
import type { Quarantine } from '../../stores/store.ts';
import type { TrainingMetrics } from '../../telemetry/training-metrics.ts';
import type { GivenLesson } from '../../training/lesson-round.ts';
import { linksOf, type OpenTraining, openTraining } from '../training.ts';

/** One who is asked to give a lesson; undefined when somebody else is at it. */
export interface LessonGiver {
  give(lesson: number): Promise<GivenLesson | undefined>;
}

export interface CommonTrainingParts {
  config(): Config;
  /** Those that serve. */
  givers(): readonly LessonGiver[];
  readonly metrics: TrainingMetrics;
}

export class CommonTraining {
  readonly #parts: CommonTrainingParts;
  readonly #opened: OpenTraining;
  readonly #quarantine: Quarantine;
  readonly #clock: Clock = systemClock;

  private constructor(parts: CommonTrainingParts, opened: OpenTraining, quarantine: Quarantine) {
    this.#parts = parts;
    this.#opened = opened;
    this.#quarantine = quarantine;
  }

  static async open(parts: CommonTrainingParts): Promise<CommonTraining> {
    const config = parts.config();
    const { quarantine } = await openQuarantine(config.quarantine, { clock: systemClock });
    try {
      return new CommonTraining(parts, await openTraining(config, systemClock), quarantine);
    } catch (error) {
      quarantine.close();
      throw error;
    }
  }

  get pageServices(): Omit<TrainingPageServices, 'config' | 'tls' | 'log'> {
    const { config, metrics } = this.#parts;
    return {
      links: () => linksOf(config().training, this.#opened, this.#clock),
      store: this.#opened.store,
      quarantine: this.#quarantine,
      give: (lesson) => this.#give(lesson),
      metrics,
      clock: this.#clock,
    };
  }

  close(): void {
    this.#opened.store.close();
    this.#quarantine.close();
  }

  /** A worker that ends in the middle leaves it to the next round of another one. */
  async #give(lesson: number): Promise<GivenLesson | undefined> {
    const [giver] = this.#parts.givers();
    return giver?.give(lesson);
  }
}
