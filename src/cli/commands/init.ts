// Owns `postern init`: the flags of the command and its ties to the terminal.
import { type Command, Option } from 'commander';
import { CliError } from '../failure.ts';
import type { InitFlags, InitTools } from '../initialise.ts';

export function register(program: Command): void {
  const modes = ['implicit', 'stls', 'none'];
  program
    .command('init')
    .description('write a first configuration; asks what it is not told')
    .option('--host <name>', 'POP3 server, or a mail address to guess it from')
    .option('--port <number>', 'port of the server')
    .addOption(new Option('--tls <mode>', 'encryption towards the server').choices(modes))
    .option('--ca <file>', 'PEM file of the authorities that the server is verified with')
    .option('--listen <address:port>', 'where mail programs connect; [::1]:1110 for IPv6')
    .addOption(new Option('--client-tls <mode>', 'encryption for mail programs').choices(modes))
    .option('--output <file>', 'the file to write', './postern.yaml')
    .option('--no-probe', 'do not look whether the server answers')
    .option('--yes', 'ask nothing; --host is then needed, and no file is overwritten')
    .action(init);
}

async function init(flags: InitFlags & { readonly yes?: boolean }): Promise<void> {
  if (flags.yes !== true && !process.stdin.isTTY) {
    throw new CliError([
      'postern init: there is no terminal to ask questions on; answer them by options and --yes',
    ]);
  }
  const [{ initialise }, { probe }, { terminalQuestions }] = await Promise.all([
    import('../initialise.ts'),
    import('../probe.ts'),
    import('../questions.ts'),
  ]);
  using questions = flags.yes === true ? undefined : terminalQuestions();
  const tools: InitTools = {
    questions,
    probe,
    print: (line) => console.log(line),
    clamdSockets: [
      '/run/clamav/clamd.ctl',
      '/var/run/clamav/clamd.ctl',
      '/run/clamd.scan/clamd.sock',
    ],
  };
  await initialise(flags, tools);
}
