// Owns the wiring: from a checked configuration to a running proxy. It knows every room and does
// none of their work.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { systemClock } from './base/clock.ts';
import type { Logger } from './base/log.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Config, UpstreamTarget } from './config/schema.ts';
import { AnnouncedSizes } from './pipeline/announced-sizes.ts';
import { MemoryBudget } from './pipeline/memory-budget.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { checkPlugins, setUpPlugins } from './pipeline/registry.ts';
import type { Verdict } from './plugin-api/verdict.ts';
import type { ConnectionServices } from './proxy/client-connection.ts';
import type { Trouble } from './proxy/deliver.ts';
import { drain } from './proxy/drain.ts';
import { Listener, type ListenerAddress } from './proxy/listener.ts';
import { SessionCount } from './proxy/session-count.ts';
import { openFinalSizes } from './stores/final-sizes.ts';
import { createMemoryCache } from './stores/memory.ts';
import { openQuarantineFolder } from './stores/quarantine-folder.ts';
import { loadListenerMaterial, loadUpstreamTrust } from './tls/material.ts';

/** Long enough for the next polls of a client that asks once a day. */
const troubleLimits = { maxEntries: 10_000, ttlMs: 2 * 86_400_000 };

export interface AppServices {
  readonly log: Logger;
}

export interface RunningApp {
  readonly listeners: readonly ListenerAddress[];
  /** Lets running commands finish, then ends everything. */
  stop(): Promise<void>;
}

/** Finds all plugins and checks their options, without starting anything. Throws ConfigError. */
export async function validatePlugins(loaded: LoadedConfig): Promise<void> {
  await checkPlugins(loaded);
}

/** Sets up the plugins of a configuration and puts them in their chain. */
export async function buildPipeline(loaded: LoadedConfig, log: Logger): Promise<Pipeline> {
  const { verdictCache } = loaded.config;
  const plugins = await setUpPlugins(await checkPlugins(loaded), log);
  return new Pipeline(plugins, {
    clock: systemClock,
    log,
    verdicts: createMemoryCache<Verdict>(verdictCache),
  });
}

/** Starts everything the configuration asks for, or nothing. */
export async function startApp(loaded: LoadedConfig, { log }: AppServices): Promise<RunningApp> {
  const { config } = loaded;
  const trust = await readTrust(config, log);
  const quarantine = await openQuarantineFolder(config.quarantine.folder, systemClock);
  const pipeline = await buildPipeline(loaded, log);
  const { headerBudgetOctets } = config.sizes;
  const finalSizes =
    pipeline.isEmpty || headerBudgetOctets === 0
      ? undefined
      : openFinalSizes(join(config.state.folder, 'sizes.db'), systemClock);
  const sizes = new AnnouncedSizes({
    store: finalSizes,
    headerBudgetOctets: pipeline.editsHeaders ? headerBudgetOctets : 0,
    policy: pipeline.fingerprint,
  });
  const services: ConnectionServices = {
    pipeline,
    quarantine,
    clock: systemClock,
    log,
    limits: config.limits,
    routes: config.routes,
    knownCapabilities: new Map(),
    trustOf: (target) => trust.get(target) ?? {},
    contact: config.notice.contact,
    sizes,
    troubles: createMemoryCache<Trouble>(troubleLimits),
    spool: {
      memoryBytes: config.limits.memoryPerMessageBytes,
      budget: new MemoryBudget(config.limits.memoryTotalBytes),
      folder: config.spool.folder ?? tmpdir(),
      maxBytes: config.limits.maxMessageBytes,
    },
  };
  const listeners: Listener[] = [];
  const stop = async (): Promise<void> => {
    await drain(listeners, systemClock, log);
    await pipeline[Symbol.asyncDispose]();
    finalSizes?.close();
  };
  try {
    const addresses = await openListeners(config, services, listeners);
    return { listeners: addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openListeners(
  config: Config,
  services: ConnectionServices,
  listeners: Listener[],
): Promise<ListenerAddress[]> {
  const count = new SessionCount(config.limits);
  const addresses: ListenerAddress[] = [];
  for (const listenerConfig of config.listeners) {
    const material = await loadListenerMaterial(listenerConfig);
    const facts = { config: listenerConfig, secureContext: material?.secureContext };
    const listener = new Listener(facts, services, count);
    const bound = await listener.listen();
    listeners.push(listener);
    addresses.push(bound);
    services.log.info({ ...bound }, 'listening');
    if (material?.isSelfSigned) {
      services.log.warn({ listener: bound.name }, 'self-signed certificate: for development only');
    }
  }
  return addresses;
}

async function readTrust(
  config: Config,
  log: Logger,
): Promise<Map<UpstreamTarget, ConnectionOptions>> {
  const trust = new Map<UpstreamTarget, ConnectionOptions>();
  for (const { name, upstream } of config.routes) {
    trust.set(upstream, await loadUpstreamTrust(upstream));
    if (upstream.tls !== 'none' && upstream.verify === 'none') {
      log.warn({ route: name }, 'certificates of the upstream are not verified: for tests only');
    }
  }
  return trust;
}
