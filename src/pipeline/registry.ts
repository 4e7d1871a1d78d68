// Owns finding, checking and setting up plugins: bundled ones by name, the user's by path.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../base/clock.ts';
import type { DatabaseForm } from '../base/database.ts';
import { withDeadline } from '../base/deadline.ts';
import { AppError, explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { PluginConfig } from '../config/schema.ts';
import type { PluginDefinition } from '../plugin-api/define-plugin.ts';
import type { CheckServices, Diagnosis } from '../plugin-api/diagnosis.ts';
import type { CentralPart, KeptValues, Metrics } from '../plugin-api/services.ts';
import type { ToolServices } from '../plugin-api/tool.ts';
import { type CentralParts, noCentralPart, type OpenCentralPart } from './central-parts.ts';
import { offerModules } from './offered-modules.ts';
import { type OpenDatabase, OwnDatabase } from './own-database.ts';
import type { LoadedPlugin } from './plugin.ts';
import { isBundled, locatePlugin } from './plugin-location.ts';
import { RunningPlugin } from './running-plugin.ts';

/** What plugins get from the host at set-up, each its own share. */
export interface PluginHost {
  readonly log: Logger;
  readonly clock: Clock;
  metricsFor(plugin: string): Metrics;
  /** The instance that had these is gone. */
  releaseMetrics(metrics: Metrics): void;
  storeFor(plugin: string): KeptValues;
  /** Opened anew at each call; whoever called closes it. */
  databaseFor(plugin: string, form: DatabaseForm): OpenDatabase;
  readonly centralParts: CentralParts;
}

/** A plugin whose module has been found and whose options have been checked. */
export interface CheckedPlugin {
  readonly name: string;
  /** Commands that teach may set it up. */
  readonly learns: boolean;
  /** Undefined when it has no such part. */
  readonly central: CheckedCentralPart | undefined;
  /** Whether what it depends on is there and well; undefined when it has nothing to say about that. */
  readonly diagnose: ((services: DiagnoseServices) => AsyncIterable<Diagnosis>) | undefined;
  /** Undefined when it offers none of that name. */
  findTool(name: string): CheckedTool | undefined;
  /**
   * Sets it up, or takes it over from a chain that has the same one. Throws ConfigError with the line
   * of the plugin when it cannot.
   */
  setup(host: PluginHost, earlier: readonly LoadedPlugin[]): Promise<LoadedPlugin>;
}

export type DiagnoseServices = Omit<CheckServices, 'resolvePath'>;

export type CheckedTool = (
  args: readonly string[],
  services: Omit<ToolServices, 'resolvePath'>,
) => Promise<'done' | 'failed'>;

/** The part of a plugin that there is one of, for all processes that serve. */
export interface CheckedCentralPart {
  /** The same for the same plugin with the same options. */
  readonly id: string;
  /** Throws ConfigError with the line of the plugin when it cannot. */
  setup(host: Omit<PluginHost, 'centralParts'>): Promise<CentralPart>;
}

/** Finds all plugins and checks their options; sets up none. Throws ConfigError. */
export async function checkPlugins(loaded: LoadedConfig): Promise<CheckedPlugin[]> {
  const checked: CheckedPlugin[] = [];
  for (const [index, entry] of loaded.config.plugins.entries()) {
    checked.push(await checkPlugin(loaded, entry, index));
  }
  return checked;
}

/** Sets up in order; when one fails, those before it are released. */
export async function setUpPlugins(
  checked: readonly CheckedPlugin[],
  host: PluginHost,
  earlier: readonly LoadedPlugin[] = [],
): Promise<LoadedPlugin[]> {
  const plugins: LoadedPlugin[] = [];
  try {
    for (const plugin of checked) plugins.push(await plugin.setup(host, earlier));
    return plugins;
  } catch (error) {
    for (const { running } of plugins.toReversed()) await releaseQuietly(running);
    throw error;
  }
}

/** What cannot be read is for `setup` to say. */
async function inputsOf(ask: () => Promise<string> | undefined): Promise<string> {
  try {
    return (await ask()) ?? '';
  } catch {
    return 'unreadable';
  }
}

/** The failure that led here is the one to report. */
async function releaseQuietly(running: RunningPlugin): Promise<void> {
  try {
    await running.release();
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

  const location = locatePlugin(entry.use, loaded.folder);
  if (location.kind === 'missing') throw problem('use', location.problem);
  const { file } = location;
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
  const { name, use: _use, options: _options, ...policy } = entry;
  const version = definition.version ?? location.version ?? 'unversioned';
  const fingerprint = digest([definition.name, version, entry.options]);
  const resolvePath = (path: string): string => resolve(loaded.folder, path);
  const inputs = await inputsOf(() => definition.inputs?.(options, { resolvePath }));
  const identity = `${file} ${await changedAt(file)} ${fingerprint} ${inputs}`;
  const centralId = `${name} ${fingerprint}`;
  const servicesOf = (
    host: Omit<PluginHost, 'centralParts'>,
    metrics: Metrics,
    database: OwnDatabase,
  ) => ({
    log: host.log.child({ plugin: name }),
    metrics,
    store: host.storeFor(name),
    database: database.open,
    clock: host.clock,
    resolvePath,
  });
  const databaseOf = (host: Omit<PluginHost, 'centralParts'>): OwnDatabase =>
    new OwnDatabase((form) => host.databaseFor(name, form));
  // What is wrong with a file of the plugin is told with the line in that file.
  const cannotStart = (cause: unknown): ConfigError =>
    cause instanceof ConfigError
      ? cause
      : problem('use', `plugin '${name}' cannot start: ${explain(cause)}`);
  const setUpCentral = definition.central?.bind(definition, options);
  const check = definition.check?.bind(definition, options);
  return {
    name,
    learns: definition.learns === true,
    diagnose: check && ((services) => check({ ...services, resolvePath })),
    findTool(tool) {
      const { tools = {} } = definition;
      const run = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
      return run && ((args, services) => run(args, options, { ...services, resolvePath }));
    },
    central:
      setUpCentral === undefined
        ? undefined
        : {
            id: centralId,
            async setup(host) {
              const database = databaseOf(host);
              const services = servicesOf(host, host.metricsFor(name), database);
              try {
                const part = await inTime(host.clock, name, async () => setUpCentral(services));
                return withDatabase(part, database);
              } catch (cause) {
                database.close();
                throw cannotStart(cause);
              }
            },
          },
    async setup(host, earlier) {
      const log = host.log.child({ plugin: name });
      const facts = { name, policy, version, fingerprint, log };
      const known = earlier.find(
        (each) => each.name === name && each.running.identity === identity,
      );
      if (known !== undefined) {
        return { ...facts, instance: known.instance, running: known.running.take() };
      }
      const metrics = host.metricsFor(name);
      let central: OpenCentralPart | undefined;
      const database = databaseOf(host);
      const release = async (): Promise<void> => {
        host.releaseMetrics(metrics);
        try {
          await central?.close();
        } finally {
          database.close();
        }
      };
      try {
        const services = servicesOf(host, metrics, database);
        const instance = await inTime(host.clock, name, async () => {
          central =
            setUpCentral &&
            (await host.centralParts.open(centralId, async () => setUpCentral(services)));
          return definition.setup(options, {
            ...services,
            central: central?.handle ?? noCentralPart,
          });
        });
        if (typeof instance !== 'object' || instance === null)
          throw new TypeError('setup() returned nothing to run');
        return { ...facts, instance, running: new RunningPlugin(instance, identity, release) };
      } catch (cause) {
        await release();
        throw cannotStart(cause);
      }
    },
  };
}

function withDatabase(part: CentralPart, database: OwnDatabase): CentralPart {
  return {
    handle: (request) => part.handle(request),
    async dispose() {
      try {
        await part.dispose?.();
      } finally {
        database.close();
      }
    },
  };
}

function inTime<T>(clock: Clock, plugin: string, work: () => Promise<T>): Promise<T> {
  return withDeadline(clock, setupMs, undefined, work, () => setupTimeout(plugin));
}

/** A plugin that never comes up must not hold up the start, or every later change. */
const setupMs = 60_000;

function setupTimeout(plugin: string): AppError {
  return new AppError('PLUGIN_SETUP_TIMEOUT', {
    fault: 'plugin',
    publicText: 'the plugin takes too long to start',
    details: { plugin },
  });
}

/** So that an edited plugin is read anew at a reload; what it imports in turn is not. */
async function changedAt(file: string): Promise<number> {
  return Math.trunc((await stat(file)).mtimeMs);
}

async function importPlugin(file: string): Promise<PluginDefinition | undefined> {
  offerModules();
  const url = pathToFileURL(file);
  // Modules are remembered by address for the life of the process.
  if (!isBundled(file)) url.searchParams.set('changed', `${await changedAt(file)}`);
  const module: unknown = await import(url.href);
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

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
