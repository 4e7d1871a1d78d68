// Owns what the host gives a plugin at set-up.
import type { Clock } from '../base/clock.ts';
import type { KeptValues } from '../base/kept-values.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

export type { KeptValues } from '../base/kept-values.ts';

export type {
  Counter,
  Gauge,
  Histogram,
  MetricLabels,
  MetricOptions,
  Metrics,
} from '../base/metrics.ts';

export interface PluginServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of this instance alone: two instances of a plugin do not see each other's values. */
  readonly store: KeptValues;
  readonly clock: Clock;
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}
