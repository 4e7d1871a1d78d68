// Owns `postern plugin`: what authors of plugins need.
import type { Command } from 'commander';

export function register(program: Command): void {
  const plugin = program
    .command('plugin')
    .description('write and test plugins of your own')
    .helpCommand(false);
  plugin
    .command('new')
    .description('write a plugin with its test to start from')
    .argument('<name>', 'small letters, digits and hyphens')
    .option('-d, --dir <folder>', 'where its folder is made', '.')
    .action(create);
  plugin
    .command('test')
    .description('run the tests of a plugin')
    .argument('<folder>', 'with files such as index.test.ts')
    .action(async (folder: string) => {
      const { testPlugin } = await import('../plugin-author.ts');
      process.exitCode = await testPlugin(folder);
    });
  plugin.command('list').description('show the plugins that come with Postern').action(list);
}

async function create(name: string, { dir }: { readonly dir: string }): Promise<void> {
  const { createPlugin, nextSteps } = await import('../plugin-author.ts');
  for (const line of nextSteps(await createPlugin(name, dir))) console.log(line);
}

async function list(): Promise<void> {
  const { bundledPlugins } = await import('../plugin-author.ts');
  const plugins = bundledPlugins();
  const width = Math.max(...plugins.map(({ name }) => name.length));
  for (const { name, about, points } of plugins) {
    console.log(`${name.padEnd(width)}  ${about} (${points})`);
  }
}
