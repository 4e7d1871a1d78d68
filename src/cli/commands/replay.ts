// Owns `postern replay`: what another configuration would make of mail that is there already.
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import type { NamedVerdict } from '../../plugin-api/observation.ts';
import { findConfigFile } from '../config-file.ts';
import type { TrialResult } from '../trial.ts';
import { probabilityText } from '../verdict-text.ts';

interface ReplayOptions {
  readonly config?: string;
  readonly against?: string;
  readonly all?: boolean;
}

export function register(program: Command): void {
  program
    .command('replay')
    .description('run a configuration over stored mail and print what would change')
    .argument('<mail...>', 'messages: files, folders, Maildir, mbox')
    .option('-c, --config <file>', 'the new configuration; by default as for serve')
    .option('-a, --against <file>', 'the configuration to compare with; by default one that passes')
    .option('--all', 'print messages that do not change as well')
    .addHelpText(
      'after',
      '\nNothing is stored and nothing is delivered. Ends with 0 when nothing changes, else 3.',
    )
    .action(replay);
}

async function replay(paths: readonly string[], options: ReplayOptions): Promise<void> {
  const [{ Trial }, { loadConfig }, { readStoredMail }] = await Promise.all([
    import('../trial.ts'),
    import('../../config/load.ts'),
    import('../stored-mail.ts'),
  ]);
  const { against } = options;
  const next = await loadConfig(await findConfigFile(options.config));
  await using after = await Trial.open(next, tmpdir());
  await using before =
    against === undefined ? undefined : await Trial.open(await loadConfig(against), tmpdir());
  const changes = new Map<string, number>();
  let [total, changed] = [0, 0];
  for (const path of paths) {
    for await (const { name, content } of readStoredMail(path)) {
      const now = await after.run(content);
      const then = await before?.run(content);
      const change = describeChange(then, now, content);
      total += 1;
      if (change.isChange) {
        changed += 1;
        changes.set(change.step, (changes.get(change.step) ?? 0) + 1);
      }
      if (change.isChange || options.all === true) console.log(`${name}: ${change.text}`);
    }
  }
  for (const [step, count] of [...changes].toSorted()) console.log(`${step}: ${count}`);
  console.log(`${total} messages, ${changed} would change`);
  process.exitCode = changed === 0 ? 0 : 3;
}

interface Change {
  readonly isChange: boolean;
  readonly step: string;
  readonly text: string;
}

/** Of two runs; without a first one, of the message as it is. */
function describeChange(then: TrialResult | undefined, now: TrialResult, content: Buffer): Change {
  const from = then?.action ?? 'pass';
  const old = then === undefined ? content : then.output;
  const isSame = isEqual(old, now.output);
  const what = now.action === from ? (isSame ? from : `${from}, edited`) : now.action;
  const step = `${from} -> ${what}`;
  const why = now.verdicts.filter(({ verdict }) => verdict.kind !== 'pass').map(describe);
  if (now.spam !== undefined) why.push(probabilityText(now.spam));
  const reason = why.length === 0 ? '' : ` (${why.join(', ')})`;
  const isChange = now.action !== from || !isSame;
  return { isChange, step, text: `${isChange ? step : from}${reason}` };
}

function isEqual(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b);
}

function describe({ plugin, verdict }: NamedVerdict): string {
  switch (verdict.kind) {
    case 'flag':
      return `${plugin}=${verdict.label}`;
    case 'block':
      return `${plugin}=${verdict.finding}`;
    case 'tempfail':
      return `${plugin}: ${verdict.reason}`;
    case 'score':
      return `${plugin} ${verdict.logOdds.toFixed(2)}`;
    case 'pass':
      return plugin;
  }
}
