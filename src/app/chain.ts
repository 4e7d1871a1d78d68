// Owns chains of plugins without a proxy around them: for checks and trials.
import { systemClock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { partsAtHand } from '../pipeline/central-parts.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { checkPlugins, setUpPlugins } from '../pipeline/registry.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import { createMemoryCache } from '../stores/memory.ts';
import { createMemoryKeptValues } from '../stores/memory-kept-values.ts';
import { openDatabase } from '../stores/sqlite.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { loadNotices } from './notices.ts';

/** Checks what the schema cannot: plugins, their options, templates. Starts nothing. Throws ConfigError. */
export async function validate(loaded: LoadedConfig): Promise<void> {
  await checkPlugins(loaded);
  await loadNotices(loaded);
}

/** Sets up the plugins of a configuration and puts them in their chain. What they keep is forgotten. */
export async function buildPipeline(loaded: LoadedConfig, log: Logger): Promise<Pipeline> {
  const clock = systemClock;
  const registry = createMetrics();
  const plugins = await setUpPlugins(await checkPlugins(loaded), {
    log,
    clock,
    metricsFor: (plugin) => registry.forPlugin(plugin),
    releaseMetrics: (metrics) => registry.release(metrics),
    storeFor: () => createMemoryKeptValues(clock),
    databaseFor: (_plugin, form) => openDatabase(':memory:', form),
    centralParts: partsAtHand,
  });
  const verdicts = createMemoryCache<Verdict>(loaded.config.verdictCache);
  return new Pipeline(plugins, { clock, log, verdicts, spam: loaded.config.spam });
}
