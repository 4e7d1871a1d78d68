// Owns `postern train`: examples of spam and of other mail, for the plugins that learn.
import { type Command, Option } from 'commander';
import type { Lesson } from '../../plugin-api/lesson.ts';
import type { TrainOptions } from '../train.ts';

const descriptions: Readonly<Record<Lesson['as'], string>> = {
  spam: 'these messages are spam',
  ham: 'these messages are wanted mail',
  forget: 'take back what was learned from these messages',
};

export function register(program: Command): void {
  const train = program
    .command('train')
    .description('teach the filter from stored mail; the proxy may run meanwhile')
    .addHelpText(
      'after',
      `
Mail is a file with one message, an mbox, a Maildir, a folder of them, or - for standard input.
Without --account the lesson is for all accounts. Ends with 1 when a message could not be read or
a plugin failed.`,
    );
  for (const as of ['spam', 'ham', 'forget'] as const) {
    train
      .command(as)
      .description(descriptions[as])
      .argument('<mail...>', 'files, folders, Maildir, mbox, or -')
      .option('-a, --account <user>', 'for this login name alone')
      .option('--host <server>', 'its mail server, where the configuration leaves that open')
      .option('--shared', 'for all accounts, as without --account')
      .addOption(
        new Option('-w, --weight <weight>', 'how much it counts')
          .choices(['correction', 'confirmation'])
          .default('correction'),
      )
      .option('-c, --config <file>', 'whose plugins to teach; by default as for serve')
      .action((mail: readonly string[], options: TrainOptions) => teach(as, mail, options));
  }
}

async function teach(
  as: Lesson['as'],
  mail: readonly string[],
  options: TrainOptions,
): Promise<void> {
  const { TrainingRun } = await import('../train.ts');
  const run = await TrainingRun.run(as, mail, options);
  for (const line of run.unreadable) console.error(`postern train: ${line}`);
  for (const line of run.summary()) console.log(line);
  if (!run.isComplete) process.exitCode = 1;
}
