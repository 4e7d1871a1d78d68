// Owns `postern quarantine`: which commands and options there are. What they do is beside it.
import { type Command, Option } from 'commander';
import { hasContent, quarantineStates, statesWithContent } from '../../stores/quarantine-states.ts';
import type { Change, ChangeOptions } from '../quarantine-changes.ts';
import type { Filters } from '../quarantine-selection.ts';

interface ConfigOption {
  readonly config?: string;
}

const exportHelp = '\nWithout --output the file is named after the code, in this folder.';

export function register(program: Command): void {
  const group = program
    .command('quarantine')
    .description('look at messages that were kept back, release or delete them')
    .helpCommand(false);
  withFilters(group.command('list').description('list messages, latest first'))
    .option('--json', 'one JSON object per line')
    .action(list);
  withConfig(group.command('show').description('show what is known of a message, and its header'))
    .argument('<code>', 'as the notice has it')
    .action(show);
  withFilters(group.command('release').description('give originals to their readers'))
    .argument('[code...]')
    .option('--all', 'every message that the filters leave, instead of codes')
    .option('--yes', 'do it without looking first')
    .action(async (codes, options) => change('release', codes, options));
  withFilters(group.command('delete').description('remove originals for good'))
    .argument('[code...]')
    .option('--all', 'every message that the filters leave, instead of codes')
    .option('--yes', 'do it without looking first')
    .action(async (codes, options) => change('remove', codes, options));
  withConfig(group.command('export').description('write an original to a file, octet for octet'))
    .argument('<code>', 'as the notice has it')
    .option('-o, --output <file>', 'a file that is not there yet; - is standard output')
    .addHelpText('after', exportHelp)
    .action(exportOne);
}

function withConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'whose quarantine; by default as for serve');
}

function withFilters(command: Command): Command {
  return withConfig(command)
    .option('--account <name>', 'of this login name')
    .option('--upstream <host>', 'of this mail server')
    .addOption(
      new Option(
        '--state <state...>',
        'in these states; by default where the original is there',
      ).choices(quarantineStates),
    )
    .option('--since <duration>', 'stored within that time, such as 12h or 7d')
    .option('--limit <count>', 'no more than so many, the latest');
}

async function list(options: ConfigOption & Filters & { readonly json?: boolean }): Promise<void> {
  const [{ withQuarantine }, { queryOf }, { entryJson, entryTable }] = await Promise.all([
    import('../quarantine-access.ts'),
    import('../quarantine-selection.ts'),
    import('../quarantine-text.ts'),
  ]);
  const query = queryOf(options, statesWithContent, Date.now());
  await withQuarantine(options.config, async (quarantine) => {
    const entries = await quarantine.list(query);
    const lines = options.json ? entries.map(entryJson) : entryTable(entries);
    for (const line of lines) console.log(line);
  });
}

async function show(code: string, options: ConfigOption): Promise<void> {
  const [{ findEntries, withQuarantine }, { entryDetails, headerLines }] = await Promise.all([
    import('../quarantine-access.ts'),
    import('../quarantine-text.ts'),
  ]);
  await withQuarantine(options.config, async (quarantine) => {
    for (const entry of await findEntries(quarantine, [code])) {
      for (const line of entryDetails(entry)) console.log(line);
      console.log('');
      const header = hasContent(entry.state)
        ? await headerLines(quarantine.read(entry.id))
        : ['(the original is not in quarantine any more)'];
      for (const line of header) console.log(line);
    }
  });
}

async function change(
  kind: 'release' | 'remove',
  codes: readonly string[],
  options: ConfigOption & ChangeOptions,
): Promise<void> {
  const [{ withQuarantine }, changes] = await Promise.all([
    import('../quarantine-access.ts'),
    import('../quarantine-changes.ts'),
  ]);
  const wanted: Change = changes[kind];
  await withQuarantine(options.config, async (quarantine, settle) => {
    const tools = { quarantine, settle };
    const lines = await changes.applyChange(tools, wanted, codes, options, Date.now());
    if (lines.length === 0) console.log(`There is nothing to ${wanted.verb}.`);
    for (const line of lines) console.log(line);
  });
}

async function exportOne(
  code: string,
  options: ConfigOption & { readonly output?: string },
): Promise<void> {
  const [{ findEntries, withQuarantine }, { exportOriginal }] = await Promise.all([
    import('../quarantine-access.ts'),
    import('../quarantine-export.ts'),
  ]);
  await withQuarantine(options.config, async (quarantine) => {
    for (const entry of await findEntries(quarantine, [code])) {
      const file = options.output ?? `${entry.code}.eml`;
      const line = await exportOriginal(quarantine, entry, file, process.stdout);
      if (line !== undefined) console.log(line);
    }
  });
}
