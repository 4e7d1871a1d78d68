// Owns `postern spam-rules`: what the plugin of that name offers to whoever writes rules.
import type { Command } from 'commander';

interface Options {
  readonly config?: string;
  readonly user?: string;
}

const plugin = 'spam-rules';

export function register(program: Command): void {
  const command = program
    .command(plugin)
    .description('try and test the rules that give messages a score')
    .helpCommand(false);
  const tool = (name: string, about: string): Command =>
    command
      .command(name)
      .description(about)
      .option('-c, --config <file>', 'whose options to take; by default as for serve');
  tool('list', 'show all rules with their weights').action((options: Options) =>
    run('list', [], options),
  );
  tool('test', 'run the tests in files of rules')
    .argument('<files...>', 'with rules, tests or both (.yaml)')
    .action((files: readonly string[], options: Options) => run('test', files, options));
  tool('explain', 'show which rules hit messages in files')
    .argument('<messages...>', 'files with one message each (.eml)')
    .option('--user <name>', 'login name of the reader, whose domain may be forged', 'sample')
    .action((messages: readonly string[], options: Options) =>
      run('explain', [options.user ?? '', ...messages], options),
    );
}

async function run(tool: string, args: readonly string[], { config }: Options): Promise<void> {
  const { runPluginTool } = await import('../plugin-tool.ts');
  process.exitCode = await runPluginTool({ plugin, tool, args, config });
}
