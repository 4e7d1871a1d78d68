// Owns finding, checking and setting up plugins: bundled ones by name, the user's by path.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { PluginConfig } from '../config/schema.ts';
import type { PluginDefinition, PluginInstance } from '../plugin-api/define-plugin.ts';
import type { LoadedPlugin } from './plugin.ts';

/** `.ts` in the source tree, `.js` in the published one. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const bundledFolder = fileURLToPath(new URL('../../plugins/', import.meta.url));

/** A plugin whose module has been found and whose options have been checked. */
export interface CheckedPlugin {
  readonly name: string;
  /** Sets it up. Throws ConfigError with the line of the plugin when it cannot. */
  setup(log: Logger): Promise<LoadedPlugin>;
}

/** Finds all plugins and checks their options; sets up none. Throws ConfigError. */
export async function checkPlugins(loaded: LoadedConfig): Promise<CheckedPlugin[]> {
  const checked: CheckedPlugin[] = [];
  for (const [index, entry] of loaded.config.plugins.entries()) {
    checked.push(await checkPlugin(loaded, entry, index));
  }
  return checked;
}

/** Sets up in order; when one fails, those before it are disposed. */
export async function setUpPlugins(
  checked: readonly CheckedPlugin[],
  log: Logger,
): Promise<LoadedPlugin[]> {
  const plugins: LoadedPlugin[] = [];
  try {
    for (const plugin of checked) plugins.push(await plugin.setup(log));
    return plugins;
  } catch (error) {
    for (const plugin of plugins.toReversed()) await disposeQuietly(plugin.instance);
    throw error;
  }
}

/** The failure that led here is the one to report. */
async function disposeQuietly(instance: PluginInstance): Promise<void> {
  try {
    await instance.dispose?.();
  } catch {}
}

async function checkPlugin(
  loaded: LoadedConfig,
  entry: PluginConfig,
  index: number,
): Promise<CheckedPlugin> {
  const at = ['plugins', index];
  const problem = (key: string, message: string): ConfigError =>
    new ConfigError([loaded.problemAt([...at, key], message)]);

  const file = locate(entry.use, loaded.folder);
  if (!existsSync(file)) throw problem('use', `no plugin '${entry.use}'`);
  const definition = await importPlugin(file).catch((cause: unknown) => {
    throw problem('use', `plugin '${entry.use}' cannot be loaded: ${explain(cause)}`);
  });
  if (definition === undefined) {
    throw problem('use', `'${entry.use}' does not export a plugin by default`);
  }
  if (definition.options === undefined && Object.keys(entry.options).length > 0) {
    throw problem('options', `plugin '${entry.use}' takes no options`);
  }
  const options: unknown =
    definition.options === undefined
      ? undefined
      : loaded.checkAt([...at, 'options'], definition.options, entry.options);
  const { name, timeoutMs, onError, onBlock } = entry;
  const policy = { timeoutMs, onError, onBlock };
  const fingerprint = digest([definition.name, entry.options]);
  return {
    name,
    async setup(log) {
      const pluginLog = log.child({ plugin: name });
      try {
        const instance: PluginInstance | null | undefined = await definition.setup(options, {
          log: pluginLog,
          resolvePath: (path) => resolve(loaded.folder, path),
        });
        if (typeof instance !== 'object' || instance === null)
          throw new TypeError('setup() returned nothing to run');
        return { name, instance, policy, fingerprint, log: pluginLog };
      } catch (cause) {
        throw problem('use', `plugin '${name}' cannot start: ${explain(cause)}`);
      }
    },
  };
}

function locate(use: string, folder: string): string {
  const isPath = use.startsWith('.') || use.startsWith('/');
  return isPath ? resolve(folder, use) : `${bundledFolder}${use}/index.${extension}`;
}

async function importPlugin(file: string): Promise<PluginDefinition | undefined> {
  offerPluginApi();
  const module: unknown = await import(pathToFileURL(file).href);
  if (typeof module !== 'object' || module === null || !('default' in module)) return undefined;
  return isDefinition(module.default) ? module.default : undefined;
}

function isDefinition(value: unknown): value is PluginDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'setup' in value &&
    typeof value.setup === 'function'
  );
}

let isOffered = false;

/** Lets a plugin in any folder use the name postern/plugin-api, with nothing installed beside it. */
function offerPluginApi(): void {
  if (isOffered) return;
  isOffered = true;
  const url = new URL(`../plugin-api/index.${extension}`, import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'postern/plugin-api' ? { url, shortCircuit: true } : next(specifier, context),
  });
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
