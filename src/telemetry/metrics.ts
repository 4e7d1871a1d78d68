// Owns the library that counts, and whose metrics there are. What is counted is decided elsewhere.
import { Counter as PromCounter, Registry } from 'prom-client';
import type {
  Counter,
  Gauge,
  Histogram,
  MetricLabels,
  MetricOptions,
  Metrics,
} from '../base/metrics.ts';
import type { MeasuredMetric, Reject } from './measured-metric.ts';
import {
  defineMetric,
  isSameMetric,
  type MetricDefinition,
  type MetricKind,
  metricInvalid,
  pageNames,
} from './metric-definition.ts';
import { makeMetric } from './page-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** Plain data, as the library has it. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export interface MetricsRegistry {
  /** Metrics of Postern itself: `postern_<name>`. */
  readonly core: Metrics;
  /**
   * Metrics of one instance of a plugin: `postern_<plugin>_<name>`. One that is set up anew after a
   * reload asks again and goes on with the counters of the one before.
   */
  forPlugin(plugin: string): Metrics;
  /**
   * The instance that had these metrics is gone: what it still records is dropped, gauges that it
   * was the last to set vanish. Counters and histograms stay.
   */
  release(metrics: Metrics): void;
  /** All that is on the page, to be merged with the counts of other processes. */
  snapshot(): Promise<MetricsSnapshot>;
  /** The page, in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsSettings {
  /** Memory, processor time and event loop of the process; by default `off`. */
  readonly processMetrics?: 'on' | 'off';
}

export function createMetrics(settings: MetricsSettings = {}): MetricsRegistry {
  return new PrometheusMetrics(settings);
}

const corePrefix = 'postern_';
const noLabels: MetricLabels = {};

class PrometheusMetrics implements MetricsRegistry {
  readonly core: Metrics;
  readonly #registry = new Registry();
  /** By name on the page. */
  readonly #metrics = new Map<string, MeasuredMetric>();
  readonly #reject: Reject;

  constructor({ processMetrics = 'off' }: MetricsSettings) {
    const core = new Scope(this, 'core', corePrefix);
    this.core = core;
    const rejected = new PromCounter({
      name: `${corePrefix}metrics_rejected_total`,
      help: 'Records of a metric that were dropped: no number, or a label that it has not got.',
      labelNames: ['metric'],
      registers: [this.#registry],
    });
    const overflow = new PromCounter({
      name: `${corePrefix}metrics_overflow_total`,
      help: 'Records of a metric that were counted under other, since it has too many label values.',
      labelNames: ['metric'],
      registers: [this.#registry],
    });
    this.#reject = (metric, reason) => {
      const counter = reason === 'overflow' ? overflow : rejected;
      counter.inc({ metric });
    };
    if (processMetrics === 'on') addProcessMetrics(this.#registry);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  forPlugin(plugin: string): Metrics {
    const word = plugin.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
    return new Scope(this, plugin, `${corePrefix}${word}_`);
  }

  release(metrics: Metrics): void {
    if (!(metrics instanceof Scope)) return;
    for (const [name, metric] of this.#metrics) {
      metric.release(metrics);
      if (metric.isGone) this.#remove(name);
    }
  }

  snapshot(): Promise<MetricsSnapshot> {
    return this.#registry.getMetricsAsJSON();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The metric of that name, made when there is none. Throws METRIC_INVALID when it is another's. */
  metricFor(scope: Scope, definition: MetricDefinition): MeasuredMetric {
    const { name } = definition;
    const known = this.#metrics.get(name);
    if (known !== undefined && known.owner === scope.owner) {
      if (isSameMetric(known.definition, definition)) return known;
      if (known.isHeld) throw metricInvalid(name, 'it exists with another kind, labels or buckets');
      this.#remove(name);
    }
    const names = pageNames(definition);
    const taken = [...this.#metrics.values()].find(({ definition: other }) =>
      pageNames(other).some((each) => names.includes(each)),
    );
    const isTaken = names.some((each) => this.#registry.getSingleMetric(each) !== undefined);
    if (taken !== undefined || isTaken) {
      throw metricInvalid(name, `the name belongs to ${taken?.owner ?? 'core'}`);
    }
    const made = makeMetric(scope.owner, definition, this.#reject, this.#registry);
    this.#metrics.set(name, made);
    return made;
  }

  #remove(name: string): void {
    this.#registry.removeSingleMetric(name);
    this.#metrics.delete(name);
  }
}

/** What one instance of a plugin, or the core, has asked for. */
class Scope implements Metrics {
  readonly owner: string;
  readonly #home: PrometheusMetrics;
  readonly #prefix: string;

  constructor(home: PrometheusMetrics, owner: string, prefix: string) {
    this.#home = home;
    this.owner = owner;
    this.#prefix = prefix;
  }

  counter(name: string, options: MetricOptions): Counter {
    const metric = this.#metric('counter', name, options);
    return { add: (count = 1, labels = noLabels) => metric.record(this, count, labels) };
  }

  gauge(name: string, options: MetricOptions): Gauge {
    const metric = this.#metric('gauge', name, options);
    return { set: (value, labels = noLabels) => metric.record(this, value, labels) };
  }

  histogram(name: string, options: MetricOptions): Histogram {
    const metric = this.#metric('histogram', name, options);
    return { observe: (value, labels = noLabels) => metric.record(this, value, labels) };
  }

  #metric(kind: MetricKind, name: string, options: MetricOptions): MeasuredMetric {
    const metric = this.#home.metricFor(this, defineMetric(kind, this.#prefix, name, options));
    metric.hold(this);
    return metric;
  }
}
