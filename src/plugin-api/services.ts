// Owns what the host gives a plugin at set-up.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

export type {
  Counter,
  Gauge,
  Histogram,
  MetricLabels,
  MetricOptions,
  Metrics,
} from '../base/metrics.ts';

/** What a plugin may keep: JSON, at most 64 KB each, by its own keys. Survives a restart. */
export interface KeptValues {
  get(key: string): Promise<unknown>;
  /** `ttlMs`: forgotten after that; by default never. */
  set(key: string, value: unknown, options?: { readonly ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  /** In the order of the keys. */
  entries(prefix: string): AsyncIterable<readonly [key: string, value: unknown]>;
}

export interface PluginServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of this instance alone: two instances of a plugin do not see each other's values. */
  readonly store: KeptValues;
  readonly clock: Clock;
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}
