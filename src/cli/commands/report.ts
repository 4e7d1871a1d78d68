// Owns `postern report`: which reports and options there are. What they show is beside it.
import { type Command, Option } from 'commander';
import type { TlsReportOptions } from '../tls-report.ts';

const tlsHelp = `
Plain text counts as older than every TLS. Times are UTC; the last ten seconds may be missing.`;

export function register(program: Command): void {
  const group = program
    .command('report')
    .description('show what the proxy has recorded')
    .helpCommand(false);
  group
    .command('tls')
    .description('which accounts, clients and mail servers use which TLS, the oldest first')
    .option('-c, --config <file>', 'whose record; by default as for serve')
    .addOption(
      new Option('--by <subject>', 'of whom; an upstream is a mail server')
        .choices(['account', 'client', 'upstream'])
        .default('account'),
    )
    .addOption(
      new Option('--older-than <version>', 'only with TLS before this version').choices([
        'TLSv1',
        'TLSv1.1',
        'TLSv1.2',
        'TLSv1.3',
      ]),
    )
    .option('--plain', 'only without TLS')
    .option('--since <duration>', 'last seen within that time, such as 12h or 7d')
    .option('--limit <count>', 'no more than so many')
    .option('--json', 'one JSON object per line')
    .addHelpText('after', tlsHelp)
    .action(tls);
}

async function tls(options: TlsReportOptions): Promise<void> {
  const { tlsReport } = await import('../tls-report.ts');
  for (const line of await tlsReport(options)) console.log(line);
}
