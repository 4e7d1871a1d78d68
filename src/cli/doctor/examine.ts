// Owns what belongs to a check-up of a configuration, and in which order it is told.
import { tmpdir } from 'node:os';
import { loadNotices } from '../../app/notices.ts';
import { systemClock } from '../../base/clock.ts';
import type { Credentials } from '../../base/secret.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { ConfigError, formatProblem } from '../../config/problem.ts';
import type { Config, RouteConfig, UpstreamTarget } from '../../config/schema.ts';
import { type CheckedPlugin, checkPlugins } from '../../pipeline/registry.ts';
import { probe } from '../probe.ts';
import { runTool } from '../rules/run-tool.ts';
import { announcedNamesCheck } from './announced-names-check.ts';
import { authorityChecks } from './authority-check.ts';
import { certificateCheck } from './certificate-check.ts';
import { type Check, fail, ok, type Report, skipped } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { folderCheck } from './folder-check.ts';
import { loginCheck } from './login-check.ts';
import { machineCheck, machineFacts } from './machine-check.ts';
import { pageChecks } from './page-check.ts';
import { portCheck } from './port-check.ts';
import { quarantineKeyCheck } from './quarantine-key-check.ts';
import { serversOf } from './route-servers.ts';
import { rulesChecks } from './rules-check.ts';
import { type CheckLimits, runChecks } from './run-checks.ts';
import { resolveByLookup, upstreamCheck } from './upstream-check.ts';
import { counted } from './words.ts';

export interface LoginRequest {
  readonly credentials: Credentials;
  /** Undefined where there is only one. */
  readonly route: string | undefined;
}

export interface Examination {
  readonly file: string;
  readonly login: LoginRequest | undefined;
}

export const examinationLimits: CheckLimits = { eachMs: 15_000, allMs: 20_000 };

/** Everything that is found, as soon as it can be told in order. */
export async function* examine(
  { file, login }: Examination,
  limits: CheckLimits = examinationLimits,
): AsyncGenerator<Report, void, void> {
  const subject = 'configuration';
  let loaded: LoadedConfig;
  let plugins: CheckedPlugin[];
  try {
    loaded = await loadConfig(file);
    plugins = await checkPlugins(loaded);
    await loadNotices(loaded);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      yield {
        subject,
        ...fail(formatProblem(problem), 'Correct it; docs/config.md has every key.'),
      };
    }
    yield { subject, ...skipped('everything else: it depends on the configuration') };
    return;
  }
  const { listeners, routes } = loaded.config;
  const sizes = [
    counted(listeners.length, 'listener'),
    counted(routes.length, 'route'),
    counted(plugins.length, 'plugin'),
  ].join(', ');
  yield { subject, ...ok(`${file} loads: ${sizes}`) };
  const checks = [...(await checksOf(loaded, plugins)), ...loginChecks(loaded.config, login)];
  yield* runChecks(checks, systemClock, limits);
}

async function checksOf(loaded: LoadedConfig, plugins: readonly CheckedPlugin[]): Promise<Check[]> {
  const { config } = loaded;
  const nowMs = () => systemClock.nowMs();
  const tools = { probe, resolve: resolveByLookup, nowMs };
  return [
    ...config.listeners.map((listener) => portCheck(listener, tools)),
    ...config.listeners
      .filter(({ tls }) => tls !== 'none')
      .map((listener) => certificateCheck(listener, nowMs)),
    ...authorityChecks(config, nowMs),
    ...rulesChecks(config, runTool),
    ...pageChecks(config),
    ...announcedNamesCheck(config, resolveByLookup),
    ...groups(config.routes).map(({ subject, target }) => upstreamCheck(subject, target, tools)),
    ...config.routes.flatMap(othersCheck),
    ...plugins.flatMap(pluginCheck),
    ...folders(config).map(folderCheck),
    quarantineKeyCheck(config.quarantine),
    machineCheck(config, await machineFacts()),
    clockCheck(loaded, nowMs),
  ];
}

/** Routes that lead to the same place in the same way are one, so that it is asked once. */
function groups(routes: readonly RouteConfig[]) {
  const found = new Map<string, { names: string[]; target: UpstreamTarget }>();
  for (const route of routes) {
    const { named } = serversOf(route);
    for (const target of named) {
      const key = JSON.stringify({ ...target, hosts: [] });
      const group = found.get(key) ?? { names: [], target };
      group.names.push(named.length > 1 ? `${route.name} (${target.host})` : route.name);
      found.set(key, group);
    }
  }
  return [...found.values()].map(({ names, target }) => ({
    subject: `route ${names.join(', ')}`,
    target,
  }));
}

/** Servers that nobody can know here. */
function othersCheck(route: RouteConfig): Check[] {
  const { others } = serversOf(route);
  if (others === undefined) return [];
  return [
    {
      subject: `route ${route.name}`,
      async *run() {
        yield skipped(`${others}; --login tries one`);
      },
    },
  ];
}

function pluginCheck({ name, diagnose }: CheckedPlugin): Check[] {
  if (diagnose === undefined) return [];
  return [
    {
      subject: `plugin ${name}`,
      run: (signal) => diagnose({ clock: systemClock, signal }),
    },
  ];
}

/** Where new mail of a day or so should find room. */
const comfortableBytes = 1024 ** 3;

function folders({ state, spool, quarantine, limits }: Config) {
  const spoolBytes = Math.max(comfortableBytes, 2 * limits.maxMessageBytes);
  return [
    {
      name: 'state',
      folder: state.folder,
      content: 'private',
      wantedBytes: comfortableBytes / 4,
    },
    {
      name: 'spool',
      folder: spool.folder ?? tmpdir(),
      content: 'passing',
      wantedBytes: spoolBytes,
    },
    {
      name: 'quarantine',
      folder: quarantine.folder,
      content: 'private',
      wantedBytes: comfortableBytes,
    },
  ] as const;
}

function loginChecks({ routes, limits }: Config, login: LoginRequest | undefined): Check[] {
  if (login === undefined) return [];
  const route = routes.find(({ name }) => login.route === undefined || name === login.route);
  return route === undefined ? [] : [loginCheck(route, login.credentials, limits.maxMessages)];
}
