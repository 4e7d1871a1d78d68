// Owns `postern ca`: the flags of its commands. What they do is in ../authority/.
import type { Command } from 'commander';

const configFlag = ['-c, --config <file>', 'whose authority; by default as for serve'] as const;

export function register(program: Command): void {
  const ca = program
    .command('ca')
    .description('manage the local authority that signs certificates for listeners with mint');
  ca.command('init')
    .description('make the authority: its key and its certificate')
    .option(...configFlag)
    .option('--permit <name...>', 'names it may sign for, with all names below them')
    .option('--any-name', 'let it sign for any name: whoever has its key can be any server')
    .option('--name <text>', 'how it is called in the lists of mail programs', 'Postern')
    .option('--years <number>', 'how long it holds', '5')
    .action(async (flags) => (await commands()).init(flags));
  ca.command('export')
    .description('write what clients need to trust it, and how they are told to')
    .option(...configFlag)
    .option('-o, --output <folder>', 'folder to write to', './postern-ca')
    .action(async (flags) => (await commands()).exportFiles(flags));
  ca.command('list')
    .description('print the certificates that it has signed and that have not expired')
    .option(...configFlag)
    .action(async (flags) => (await commands()).list(flags));
  ca.command('revoke')
    .description('take back certificates; a running Postern makes others within a minute')
    .argument('<which...>', 'names, or serial numbers as list prints them')
    .option(...configFlag)
    .action(async (which, flags) => (await commands()).revoke(which, flags));
}

function commands() {
  return import('../authority/authority-commands.ts');
}
