// Owns how a command gets at the quarantine of a configuration, while the proxy runs or not. It makes
// no quarantine where there is none: that would belong to whoever runs the command.
import { openTraining } from '../app/training.ts';
import { systemClock } from '../base/clock.ts';
import { AppError, explain } from '../base/errors.ts';
import { loadConfig } from '../config/load.ts';
import { openQuarantine, quarantineExists } from '../stores/open-quarantine.ts';
import type { Quarantine, QuarantineEntry } from '../stores/store.ts';
import type { TrainingStore } from '../stores/training-store.ts';
import { type NotedWord, settleEntry } from '../training/quarantine-lessons.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';

/** Something that the user of a quarantine command has to put right. */
export function quarantineError(...lines: readonly string[]): CliError {
  return new CliError(lines, exitCodes.configuration);
}

/** Moves an entry to another state, and writes down what that says about spam. */
export type Settle = (
  entry: QuarantineEntry,
  state: 'released' | 'discarded',
) => Promise<NotedWord>;

/** Runs `work` on the quarantine and closes it. */
export async function withQuarantine(
  namedConfig: string | undefined,
  work: (quarantine: Quarantine, settle: Settle) => Promise<void>,
): Promise<void> {
  const { config } = await loadConfig(await findConfigFile(namedConfig));
  const { folder } = config.quarantine;
  if (!(await quarantineExists(folder))) {
    throw quarantineError(
      `There is no quarantine in ${folder} yet: the proxy makes it when it starts.`,
    );
  }
  const quarantine = await open(config.quarantine);
  let store: TrainingStore | undefined;
  try {
    store = config.training.quarantine && (await openTraining(config, systemClock)).store;
    const parts = { config: config.training, store, quarantine };
    await work(quarantine, (entry, state) => settleEntry(entry, state, parts));
  } finally {
    store?.close();
    quarantine.close();
  }
}

async function open(settings: Parameters<typeof openQuarantine>[0]): Promise<Quarantine> {
  try {
    return (await openQuarantine(settings, { clock: systemClock })).quarantine;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw quarantineError(`postern quarantine: ${explain(error)}`);
  }
}

/** All of them, or an error that names those that are not there. */
export async function findEntries(
  quarantine: Quarantine,
  codes: readonly string[],
): Promise<QuarantineEntry[]> {
  const found = new Map<string, QuarantineEntry>();
  const unknown: string[] = [];
  for (const code of codes) {
    const entry = await quarantine.find(code);
    if (entry === undefined) unknown.push(code);
    else found.set(entry.id, entry);
  }
  if (unknown.length > 0) {
    throw quarantineError(
      ...unknown.map((code) => `The quarantine has no message with the code ${code}.`),
      'postern quarantine list shows the codes.',
    );
  }
  return [...found.values()];
}
