// Owns `postern check-config`: says in one line that a configuration is good, or what is wrong with it.
import type { Command } from 'commander';
import { findConfigFile } from '../config-file.ts';

export function register(program: Command): void {
  program
    .command('check-config')
    .description('check a configuration without starting anything')
    .argument('[file]', 'by default ./postern.yaml, else /etc/postern/postern.yaml')
    .action(checkConfig);
}

async function checkConfig(named: string | undefined): Promise<void> {
  const [{ loadConfig }, { validate }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../app/chain.ts'),
  ]);
  const loaded = await loadConfig(await findConfigFile(named));
  await validate(loaded);
  const { listeners, routes, plugins } = loaded.config;
  const counts = [
    count(listeners.length, 'listener'),
    count(routes.length, 'route'),
    count(plugins.length, 'plugin'),
  ];
  console.log(`${loaded.file}: ok, ${counts.join(', ')}`);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
