// Owns `postern lists`: which senders are allowed and blocked by command, and which by themselves.
import type { Command } from 'commander';
import type { PutOptions, ShowOptions, WhoseOptions } from '../sender-lists.ts';

const entryHelp = `
An entry is  ann@example.org  (an address), example.org  (a domain with all below it),
@example.org  (the domain alone), /^news[0-9]/  (an expression in the address), or
"Subject: *lottery*"  (a header field, with * and ?, or an expression between slashes).
The last word counts: an entry is on one list only.`;

export function register(program: Command): void {
  const lists = program
    .command('lists')
    .description('allow and block senders')
    .helpCommand(false)
    .addHelpText('after', '\nThe proxy may run meanwhile; it heeds the change at once.');
  withChoice(lists.command('show'))
    .description('the entries of all accounts, or of one, and who has made them')
    .option('--json', 'one line of JSON for each')
    .action(show);
  for (const list of ['allow', 'block'] as const) {
    withChoice(lists.command(list))
      .description(
        list === 'allow' ? 'mail of these senders is no spam' : 'mail of these senders is spam',
      )
      .argument('<entry...>')
      .option('--until <day>', 'the last day that it holds, such as 2027-01-31, in UTC')
      .addHelpText('after', entryHelp)
      .action(async (entries, options) => put(list, entries, options));
  }
  withChoice(lists.command('remove'))
    .description('take senders off whichever list they are on')
    .argument('<entry...>')
    .action(remove);
}

function withChoice(command: Command): Command {
  return command
    .option('-a, --account <user>', 'of this login name; by default for all accounts')
    .option('--host <server>', 'its mail server, where the configuration leaves that open')
    .option('-p, --plugin <name>', 'where several plugins of the chain keep lists')
    .option('-c, --config <file>', 'whose lists; by default as for serve');
}

async function show(options: ShowOptions): Promise<void> {
  const { showLines, withSenderBook } = await import('../sender-lists.ts');
  await withSenderBook(options, async (book, account) => {
    for (const line of showLines(book, account, options)) console.log(line);
  });
}

async function put(
  list: 'allow' | 'block',
  entries: readonly string[],
  options: PutOptions,
): Promise<void> {
  const { putEntries, withSenderBook } = await import('../sender-lists.ts');
  await withSenderBook(options, async (book, account) => {
    for (const line of putEntries(book, { list, account }, entries, options)) console.log(line);
  });
}

async function remove(entries: readonly string[], options: WhoseOptions): Promise<void> {
  const { removeEntries, withSenderBook } = await import('../sender-lists.ts');
  await withSenderBook(options, async (book, account) => {
    for (const line of removeEntries(book, account, entries)) console.log(line);
  });
}
