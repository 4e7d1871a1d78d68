// Owns chains of plugins without a proxy around them: for checks and trials.
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { partsAtHand } from '../pipeline/central-parts.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { type CheckedPlugin, checkPlugins, setUpPlugins } from '../pipeline/registry.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import { createMemoryCache } from '../stores/memory.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { loadNotices } from './notices.ts';
import type { PluginStores } from './plugin-stores.ts';

/** Checks what the schema cannot: plugins, their options, templates. Starts nothing. Throws ConfigError. */
export async function validate(loaded: LoadedConfig): Promise<void> {
  await checkPlugins(loaded);
  await loadNotices(loaded);
}

/** Sets up the plugins of a configuration and puts them in their chain. */
export async function buildPipeline(
  loaded: LoadedConfig,
  log: Logger,
  { storeFor, databaseFor }: Pick<PluginStores, 'storeFor' | 'databaseFor'>,
  isWanted: (plugin: CheckedPlugin) => boolean = () => true,
): Promise<Pipeline> {
  const clock = systemClock;
  const registry = createMetrics();
  const wanted = (await checkPlugins(loaded)).filter(isWanted);
  const plugins = await setUpPlugins(wanted, {
    log,
    clock,
    metricsFor: (plugin) => registry.forPlugin(plugin),
    releaseMetrics: (metrics) => registry.release(metrics),
    storeFor,
    databaseFor,
    centralParts: partsAtHand,
  });
  const verdicts = createMemoryCache<Verdict>(loaded.config.verdictCache);
  return new Pipeline(plugins, { clock, log, verdicts, spam: loaded.config.spam });
}
