// Owns teaching the plugins of a configuration from stored mail, beside a proxy that runs or not, and what is
// said about it in the end.
import { tmpdir } from 'node:os';
import { type LearningPlugins, openLearningPlugins } from '../app/learning-plugins.ts';
import { explain } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { loadConfig } from '../config/load.ts';
import type { Lesson, LessonAccount } from '../plugin-api/lesson.ts';
import type { LessonReport } from '../training/lesson-request.ts';
import { type AccountChoice, accountFor } from './account-choice.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';
import { readStoredMail } from './stored-mail.ts';

export interface TrainOptions extends AccountChoice {
  readonly config?: string;
  readonly shared?: boolean;
  readonly weight?: 'correction' | 'confirmation';
}

/** Of a message, no filter learns from more than its beginning. */
const maxMessageBytes = 4 * 1024 * 1024;

interface Tally {
  learned: number;
  unchanged: number;
  failed: number;
  readonly reasons: Map<string, number>;
}

export class TrainingRun {
  readonly #training: LearningPlugins;
  readonly #account: LessonAccount | undefined;
  readonly #lesson: Pick<Lesson, 'as' | 'weight'>;
  readonly #tallies = new Map<string, Tally>();
  #messages = 0;
  readonly unreadable: string[] = [];

  private constructor(
    training: LearningPlugins,
    account: LessonAccount | undefined,
    lesson: Pick<Lesson, 'as' | 'weight'>,
  ) {
    this.#training = training;
    this.#account = account;
    this.#lesson = lesson;
  }

  static async run(
    as: Lesson['as'],
    paths: readonly string[],
    options: TrainOptions,
  ): Promise<TrainingRun> {
    const loaded = await loadConfig(await findConfigFile(options.config));
    if (options.shared === true && options.account !== undefined) {
      throw new CliError(
        ['postern train: --shared and --account exclude each other.'],
        exitCodes.configuration,
      );
    }
    const account = accountFor(options, loaded.config);
    await using training = await openLearningPlugins(loaded, silentLogger, tmpdir());
    if (!training.desk.hasPupils) {
      throw new CliError(
        [
          'No plugin of this configuration learns.',
          'Put one into its chain, such as  plugins: [{use: spam}]',
        ],
        exitCodes.configuration,
      );
    }
    const run = new TrainingRun(training, account, { as, weight: options.weight ?? 'correction' });
    for (const path of paths) await run.#teachAll(path);
    return run;
  }

  /** Some message could not be read, or some plugin failed. */
  get isComplete(): boolean {
    return (
      this.unreadable.length === 0 &&
      [...this.#tallies.values()].every(({ failed }) => failed === 0)
    );
  }

  /** One line for all, and one for each plugin. */
  summary(): string[] {
    const unreadable =
      this.unreadable.length === 0 ? '' : `, ${this.unreadable.length} could not be read`;
    const noun = this.#messages === 1 ? 'message' : 'messages';
    const lines = [`${this.#messages} ${noun}${unreadable}`];
    for (const [plugin, { learned, unchanged, failed, reasons }] of this.#tallies) {
      const done = this.#lesson.as === 'forget' ? 'forgotten' : 'learned';
      const parts = [`${learned} ${done}`, `${unchanged} unchanged`];
      if (failed > 0) parts.push(`${failed} failed`);
      lines.push(`${plugin}: ${parts.join(', ')}`);
      for (const [reason, count] of reasons) lines.push(`  ${count}: ${reason}`);
    }
    return lines;
  }

  async #teachAll(path: string): Promise<void> {
    const options = {
      maxBytes: maxMessageBytes,
      onUnreadable: (name: string, error: unknown) => {
        this.unreadable.push(`${name}: ${explain(error)}`);
      },
    };
    for await (const { name, content } of readStoredMail(path, options)) {
      if (content.length === 0) {
        this.unreadable.push(`${name}: it is empty`);
        continue;
      }
      const report = await this.#training.desk.teach({
        ...this.#lesson,
        account: this.#account,
        source: 'command',
        octets: content,
      });
      this.#messages += 1;
      this.#count(report);
    }
  }

  #count({ outcomes }: LessonReport): void {
    for (const { plugin, outcome } of outcomes) {
      const tally = this.#tallies.get(plugin) ?? newTally();
      this.#tallies.set(plugin, tally);
      tally[outcome.kind] += 1;
      if (outcome.kind === 'learned') continue;
      const reason = outcome.kind === 'failed' ? outcome.code : outcome.reason;
      tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
    }
  }
}

function newTally(): Tally {
  return { learned: 0, unchanged: 0, failed: 0, reasons: new Map() };
}
