// Owns setting the plugin up as the registry does, and taking it down.
import assert from 'node:assert/strict';
import type {
  Clock,
  Logger,
  MessageView,
  PluginInstance,
  PluginServices,
  Verdict,
} from '#plugin-api';
import clamav from '../../../plugins/clamav/index.ts';
import { optionsSchema } from '../../../plugins/clamav/options.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { noCentralPart } from '../../../src/pipeline/central-parts.ts';
import { RecordingMetrics } from './recording-metrics.ts';

export interface Surroundings {
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly metrics?: RecordingMetrics;
}

export type RunningPlugin = PluginInstance &
  AsyncDisposable & { inspect(message: MessageView): Promise<Verdict> };

const noStore: PluginServices['store'] = {
  get: async () => undefined,
  set: async () => {},
  delete: async () => {},
  async *entries() {},
};

export async function startPlugin(
  options: Readonly<Record<string, unknown>>,
  { log = silentLogger, clock = systemClock, metrics = new RecordingMetrics() }: Surroundings = {},
): Promise<RunningPlugin> {
  const instance = await clamav.setup(optionsSchema.parse(options), {
    log,
    clock,
    metrics,
    store: noStore,
    database: () => {
      throw new Error('this plugin has no database');
    },
    central: noCentralPart,
    resolvePath: (path) => path,
  });
  const { inspect } = instance;
  assert.ok(inspect);
  return Object.assign(instance, {
    inspect,
    [Symbol.asyncDispose]: async () => instance.dispose?.(),
  });
}
