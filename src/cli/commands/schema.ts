// Owns `postern schema`: the JSON Schema of the configuration, for editors.
import type { Command } from 'commander';

export function register(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .action(async () => {
      const { configJsonSchema } = await import('../../config/json-schema.ts');
      process.stdout.write(configJsonSchema());
    });
}
