// Owns running what a bundled plugin offers on the command line, with its options from a configuration.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { systemClock } from '../base/clock.ts';
import { type LoadedConfig, loadConfig, readConfig } from '../config/load.ts';
import { ArrivingMessage } from '../pipeline/arriving-message.ts';
import { Interest } from '../pipeline/interest.ts';
import { checkPlugins } from '../pipeline/registry.ts';
import { sampleFacts, spoolOf } from '../pipeline/testing.ts';
import type { MessageView } from '../plugin-api/message-view.ts';
import { findConfigFile } from './config-file.ts';
import { CliError, exitCodes } from './failure.ts';

export interface ToolRequest {
  readonly plugin: string;
  readonly tool: string;
  readonly args: readonly string[];
  /** Undefined: the default one, if there is one and it has the plugin; else the default options. */
  readonly config: string | undefined;
}

/** The exit code. */
export async function runPluginTool({ plugin, tool, args, config }: ToolRequest): Promise<number> {
  const checked = await checkPlugins(await configWith(plugin, config));
  const run = checked.find((each) => each.findTool(tool) !== undefined)?.findTool(tool);
  if (run === undefined) throw new CliError([`postern: the plugin ${plugin} has no tool ${tool}`]);
  const outcome = await run(args, {
    clock: systemClock,
    print: (line) => console.log(line),
    readFile: (path) => readFile(path),
    withMessage,
  });
  return outcome === 'done' ? 0 : exitCodes.failure;
}

/** The configuration with this plugin alone. */
async function configWith(plugin: string, named: string | undefined): Promise<LoadedConfig> {
  const loaded = await loadNamed(named);
  const entry = loaded?.config.plugins.find(({ use }) => use === plugin);
  if (loaded !== undefined && entry !== undefined) {
    return { ...loaded, config: { ...loaded.config, plugins: [entry] } };
  }
  if (named !== undefined) throw new CliError([`${named} has no plugin ${plugin}`]);
  // Only the plugin matters here; the rest is what every configuration has to have.
  const text = JSON.stringify({
    listeners: [{ name: 'tool', tls: 'none', port: 0 }],
    routes: [{ name: 'tool', upstream: { host: 'localhost' } }],
    plugins: [{ use: plugin }],
  });
  return await readConfig(text, 'command line');
}

async function loadNamed(named: string | undefined): Promise<LoadedConfig | undefined> {
  if (named !== undefined) return await loadConfig(named);
  const found = await findConfigFile(undefined).catch(() => undefined);
  return found === undefined ? undefined : await loadConfig(found);
}

async function withMessage<T>(
  octets: Buffer,
  user: string,
  work: (message: MessageView) => Promise<T>,
): Promise<T> {
  await using spool = spoolOf(octets, tmpdir());
  const facts = sampleFacts(octets.length);
  const message = new ArrivingMessage({ ...facts, account: { ...facts.account, user } }, spool);
  return await work(message.viewWhile(new Interest()));
}
