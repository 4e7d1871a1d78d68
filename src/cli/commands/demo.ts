// Owns `postern demo`.
import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('demo')
    .description('show the proxy at work on a sample mailbox, all on this machine')
    .option('--folder <path>', 'an empty folder to work in, instead of a new temporary one')
    .action(async ({ folder }: { folder?: string }) => {
      const { demonstrate } = await import('../demonstration.ts');
      process.exitCode = await demonstrate(folder);
    });
}
