// Owns `postern spam`: what the filter has learned, of whom, and how to take it elsewhere.
import type { Command } from 'commander';
import type { AccountChoice } from '../account-choice.ts';
import type { KnowledgeOptions } from '../spam-knowledge.ts';

interface ListOptions extends KnowledgeOptions {
  readonly json?: boolean;
}

interface ExportOptions extends KnowledgeOptions {
  readonly output?: string;
}

interface TestOptions extends AccountChoice {
  readonly config?: string;
}

export function register(program: Command): void {
  const spam = program
    .command('spam')
    .description('show what the filter has learned, and move it; test a message')
    .addHelpText('after', '\nThe proxy may run meanwhile. postern train teaches.');
  withChoice(spam.command('list'))
    .description('whose models there are')
    .option('--json', 'one line of JSON for each')
    .action(list);
  withChoice(spam.command('export'))
    .description('write what was learned for an account, or without one for all')
    .option('-o, --output <file>', 'a new file; by default standard output')
    .action(exportTo);
  withChoice(spam.command('import'))
    .description('let what an export has written take the place of what was learned')
    .argument('<file>', 'the export, or - for standard input')
    .action(importFrom);
  withChoice(spam.command('forget'))
    .description('forget all that was learned for an account, or without one for all')
    .action(forget);
  spam
    .command('test')
    .description('how the chain judges a message for an account, and why; nothing is stored')
    .argument('<message>', 'file with one message (.eml)')
    .option('-a, --account <user>', 'by the lessons of this login name')
    .option('--host <server>', 'its mail server, where the configuration leaves that open')
    .option('-c, --config <file>', 'whose plugins to run; by default as for serve')
    .action(test);
}

function withChoice(command: Command): Command {
  return command
    .option('-a, --account <user>', 'of this login name')
    .option('--host <server>', 'its mail server, where the configuration leaves that open')
    .option('-p, --plugin <name>', 'where several plugins of the chain learn')
    .option('-c, --config <file>', 'whose plugins to ask; by default as for serve');
}

async function list(options: ListOptions): Promise<void> {
  const { knowledgeLines, withKnowledge } = await import('../spam-knowledge.ts');
  await withKnowledge(options, async (knowledge, account) => {
    for (const line of await knowledgeLines(knowledge, account, options)) console.log(line);
  });
}

async function exportTo(options: ExportOptions): Promise<void> {
  const { exportKnowledge, withKnowledge } = await import('../spam-knowledge.ts');
  await withKnowledge(options, (knowledge, account) =>
    exportKnowledge(knowledge, account, options.output),
  );
}

async function importFrom(file: string, options: KnowledgeOptions): Promise<void> {
  const { importKnowledge, withKnowledge } = await import('../spam-knowledge.ts');
  await withKnowledge(options, async (knowledge, account) => {
    console.log(await importKnowledge(knowledge, account, file));
  });
}

async function forget(options: KnowledgeOptions): Promise<void> {
  const { withKnowledge } = await import('../spam-knowledge.ts');
  await withKnowledge(options, async (knowledge, account) => {
    const isForgotten = await knowledge.forget(account);
    console.log(isForgotten ? 'forgotten' : 'there was nothing to forget');
  });
}

async function test(file: string, options: TestOptions): Promise<void> {
  const { spamTest } = await import('../spam-test.ts');
  for (const line of await spamTest(file, options)) console.log(line);
}
