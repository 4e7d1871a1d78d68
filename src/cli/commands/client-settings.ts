// Owns `postern client-settings`: its options. What is printed is made beside it.
import { type Command, Option } from 'commander';
import { type SettingsFormat, settingsFormats } from '../client-settings/formats.ts';
import { findConfigFile } from '../config-file.ts';

interface SettingsOptions {
  readonly config?: string;
  readonly host?: string;
  readonly listener?: string;
  readonly user?: string;
  readonly ca?: string;
  readonly format: SettingsFormat;
}

export function register(program: Command): void {
  program
    .command('client-settings')
    .description('print what to enter in a mail program')
    .option('-c, --config <file>', 'by default ./postern.yaml, else /etc/postern/postern.yaml')
    .option('--host <name>', 'name of the server, instead of the one that the configuration says')
    .option('--listener <name>', 'only this listener')
    .option('--user <name>', 'user name to put in')
    .option('--ca <file>', 'private authority behind the certificate, for fetchmail, mpop, getmail')
    .addOption(
      new Option('--format <format>', 'in words, or for one program')
        .choices(settingsFormats)
        .default('text'),
    )
    .action(print);
}

async function print({ config: file, format, host, listener, user, ca }: SettingsOptions) {
  const [{ loadConfig }, { printSettings }] = await Promise.all([
    import('../../config/load.ts'),
    import('../client-settings/print-settings.ts'),
  ]);
  const { config } = await loadConfig(await findConfigFile(file));
  const request = { format, host, listener, user, caFile: ca };
  for (const line of await printSettings(config, request)) console.log(line);
}
