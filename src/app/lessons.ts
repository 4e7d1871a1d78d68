// Owns when lessons are given in this process: at once where a reader waits for it, and now and then those
// that somebody else has written down, such as a command.
import type { TrainingPageServices } from '../admin/training/training-server.ts';
import { type GivenLesson, LessonRound } from '../training/lesson-round.ts';
import type { Generation } from './generation.ts';
import type { SharedState } from './shared-state.ts';
import { isTrainingUsed, linksOf } from './training.ts';

const lessonsEveryMs = 5000;
const expiryEveryMs = 3_600_000;

export class Lessons {
  readonly #shared: SharedState;
  /** That which is in force. */
  readonly #generation: () => Generation;
  #round: LessonRound | undefined;
  #timer: { cancel(): void } | undefined;
  #expiredMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(shared: SharedState, generation: () => Generation) {
    this.#shared = shared;
    this.#generation = generation;
  }

  /** Undefined when another process is at it, or nobody teaches. */
  async give(lesson: number): Promise<GivenLesson | undefined> {
    return (await this.#openRound())?.give(lesson);
  }

  async pageServices(): Promise<Omit<TrainingPageServices, 'config' | 'tls' | 'log'>> {
    const { quarantine, clock, trainingMetrics: metrics } = this.#shared;
    const opened = await this.#shared.training(this.#generation().config);
    return {
      links: () => linksOf(this.#generation().config.training, opened, clock),
      store: opened.store,
      quarantine,
      give: (lesson) => this.give(lesson),
      metrics,
      clock,
    };
  }

  /** Of several processes, one looks for lessons that wait. */
  async run(): Promise<void> {
    const { surroundings, clock, log } = this.#shared;
    if (surroundings.chores === 'elsewhere' || this.#isStopped) return;
    try {
      await this.#expire();
      await (await this.#openRound())?.giveAll();
    } catch (err) {
      log.error({ err }, 'lessons that wait could not be given');
    }
    if (this.#isStopped) return;
    this.#timer = clock.after(lessonsEveryMs, () => void this.run());
  }

  /** Resolves when no lesson is under way that nobody waits for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#round?.stop();
  }

  async #expire(): Promise<void> {
    const { config } = this.#generation();
    const nowMs = this.#shared.clock.monotonicMs();
    if (!isTrainingUsed(config.training) || nowMs - this.#expiredMs < expiryEveryMs) return;
    this.#expiredMs = nowMs;
    (await this.#shared.training(config)).store.expire();
  }

  async #openRound(): Promise<LessonRound | undefined> {
    const { config } = this.#generation();
    if (!isTrainingUsed(config.training)) return undefined;
    const { store } = await this.#shared.training(config);
    const { trainingMetrics: metrics, log } = this.#shared;
    this.#round ??= new LessonRound({
      store,
      desk: () => this.#generation().training,
      metrics,
      log,
    });
    return this.#round;
  }
}
