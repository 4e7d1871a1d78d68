// Owns what the host gives a plugin at set-up.
import type { Clock } from '../base/clock.ts';
import type { DatabaseForm, SqlDatabase } from '../base/database.ts';
import type { KeptValues } from '../base/kept-values.ts';
import type { Logger } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';

export type { DatabaseForm, Row, SqlDatabase } from '../base/database.ts';
export type { KeptValues } from '../base/kept-values.ts';

export type {
  Counter,
  Gauge,
  Histogram,
  MetricLabels,
  MetricOptions,
  Metrics,
} from '../base/metrics.ts';

/**
 * What there is once of a plugin, however many processes serve: the writer of a file, for instance.
 */
export interface CentralPart {
  /** One request at a time or many at once, in the order in which each process sent them. */
  handle(request: string): Promise<void>;
  /** Called once, when no process uses it any more. */
  dispose?(): Promise<void>;
}

export interface PluginServices {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of this instance alone: two instances of a plugin do not see each other's values. */
  readonly store: KeptValues;
  /**
   * A database of this instance alone, in the state folder, for what `store` is too small or too slow
   * for. Opened at the first call, closed after `dispose`. Each process that serves has its own
   * connection to the same file.
   */
  database(form: DatabaseForm): SqlDatabase;
  readonly clock: Clock;
  /** Asks the `central` part of this plugin, in whichever process it is; rejects when it failed. */
  readonly central: CentralPart['handle'];
  /** A path from the options, relative to the folder of the configuration file. */
  resolvePath(path: string): string;
}

/** What a central part is given: the same, without a part to ask. */
export type CentralServices = Omit<PluginServices, 'central'>;
