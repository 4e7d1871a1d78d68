// Owns the command line: it knows the commands, and how each of them ends.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import * as audit from './commands/audit.ts';
import * as ca from './commands/ca.ts';
import * as checkConfig from './commands/check-config.ts';
import * as clientSettings from './commands/client-settings.ts';
import * as demo from './commands/demo.ts';
import * as doctor from './commands/doctor.ts';
import * as init from './commands/init.ts';
import * as lists from './commands/lists.ts';
import * as plugin from './commands/plugin.ts';
import * as quarantine from './commands/quarantine.ts';
import * as replay from './commands/replay.ts';
import * as report from './commands/report.ts';
import * as rules from './commands/rules.ts';
import * as scan from './commands/scan.ts';
import * as schema from './commands/schema.ts';
import * as serve from './commands/serve.ts';
import * as spam from './commands/spam.ts';
import * as spamRules from './commands/spam-rules.ts';
import * as train from './commands/train.ts';
import { endingOf } from './failure.ts';

const program = new Command('postern')
  .description('A filtering POP3 proxy.')
  .version(readVersion(), '-V, --version')
  .helpCommand(false)
  .showHelpAfterError('(postern --help shows what is possible)');

for (const command of [
  serve,
  audit,
  ca,
  checkConfig,
  init,
  clientSettings,
  doctor,
  scan,
  replay,
  quarantine,
  train,
  spam,
  lists,
  report,
  rules,
  spamRules,
  plugin,
  demo,
  schema,
]) {
  command.register(program);
}

try {
  await program.parseAsync();
} catch (error) {
  const { lines, exitCode } = endingOf(error);
  for (const line of lines) console.error(line);
  process.exitCode = exitCode;
}

/** The same relative place in the checkout and in the published tree. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const content: unknown = JSON.parse(text);
  const hasVersion = typeof content === 'object' && content !== null && 'version' in content;
  return hasVersion ? String(content.version) : 'unknown';
}
