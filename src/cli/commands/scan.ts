// Owns `postern scan`: what the chain of plugins makes of one message in a file.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../config/load.ts';
import { findConfigFile } from '../config-file.ts';

interface ScanOptions {
  readonly config?: string;
  readonly plugin?: readonly string[];
  readonly output?: string;
}

/** For scripts: what would be done with the message. */
const exitCodeOf = {
  pass: 0,
  tag: 0,
  strip: 3,
  hold: 3,
  replace: 3,
  hide: 3,
  defer: 75,
} as const;

export function register(program: Command): void {
  program
    .command('scan')
    .description('run the plugins on a message in a file and print their verdicts')
    .argument('<message>', 'file with one message (.eml)')
    .option('-c, --config <file>', 'whose plugins to run; by default as for serve')
    .option('-p, --plugin <plugin...>', 'run these instead, with their default options')
    .option('-o, --output <file>', 'write the message as a client would get it')
    .addHelpText(
      'after',
      '\nEnds with 0 when the message passes, 3 when blocked, 75 when deferred.',
    )
    .action(scan);
}

async function scan(file: string, options: ScanOptions): Promise<void> {
  const [{ toCrlf }, { Trial }, { describe, probabilityText }] = await Promise.all([
    import('../../message/line-ends.ts'),
    import('../trial.ts'),
    import('../verdict-text.ts'),
  ]);
  const message = toCrlf(await readFile(file));
  const loaded = await loadPlugins(options);
  await using trial = await Trial.open(loaded, tmpdir());
  const result = await trial.run(message);

  console.log(`${file}: ${message.length} octets, sha256 ${result.sha256}`);
  for (const each of result.verdicts) console.log(`  ${describe(each)}`);
  if (result.spam !== undefined) {
    console.log(probabilityText(result.spam));
  }
  console.log(`action: ${result.action}`);
  if (options.output !== undefined && result.output !== undefined) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(options.output, result.output, { mode: 0o600 });
  }
  process.exitCode = exitCodeOf[result.action];
}

async function loadPlugins(options: ScanOptions): Promise<LoadedConfig> {
  const { loadConfig, readConfig } = await import('../../config/load.ts');
  if (options.plugin === undefined) return loadConfig(await findConfigFile(options.config));
  // Only the plugins matter here; the rest is what every configuration has to have.
  const text = JSON.stringify({
    listeners: [{ name: 'scan', tls: 'none', port: 0 }],
    routes: [{ name: 'scan', upstream: { host: 'localhost' } }],
    plugins: options.plugin.map((use) => ({ use: asPath(use) })),
  });
  return readConfig(text, 'command line');
}

/** `mine.ts` is a file here, although in a configuration a bare name is a bundled plugin. */
function asPath(use: string): string {
  return /\.[cm]?[jt]s$/.test(use) && !/^[./]/.test(use) ? `./${use}` : use;
}
