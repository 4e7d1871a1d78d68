// Owns how a metric of ours comes onto the page: the library that writes it gets the numbers when the
// page is asked for, and only then.
import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  type Registry,
} from 'prom-client';
import { MeasuredMetric, type Reject } from './measured-metric.ts';
import type { MetricDefinition } from './metric-definition.ts';
import { CounterSeries, GaugeSeries, HistogramSeries } from './series.ts';

/** Registers it under its name. */
export function makeMetric(
  owner: string,
  definition: MetricDefinition,
  reject: Reject,
  registry: Registry,
): MeasuredMetric {
  const { kind, name, help, labels, buckets = [], merge } = definition;
  const shape = { name, help, labelNames: [...labels], registers: [registry] };
  switch (kind) {
    case 'counter': {
      const metric = new MeasuredMetric(
        owner,
        definition,
        reject,
        (values) => new CounterSeries(values),
      );
      new PromCounter({
        ...shape,
        collect() {
          this.reset();
          for (const series of metric.series()) this.inc(series.labels, series.value);
        },
      });
      return metric;
    }
    case 'gauge': {
      const metric = new MeasuredMetric(
        owner,
        definition,
        reject,
        (values) => new GaugeSeries(values),
      );
      new PromGauge({
        ...shape,
        aggregator: merge,
        collect() {
          this.reset();
          // Without labels, prom-client would show a 0 that nobody has set.
          this.remove({});
          for (const series of metric.series()) this.set(series.labels, series.value);
        },
      });
      return metric;
    }
    case 'histogram': {
      const metric = new MeasuredMetric(
        owner,
        definition,
        reject,
        (values) => new HistogramSeries(values, buckets),
      );
      registry.registerMetric(new PageHistogram(metric));
      return metric;
    }
  }
}

type Shown = Awaited<ReturnType<PromHistogram['get']>>;

/** prom-client can only observe values one by one; here they have been put into buckets already. */
class PageHistogram extends PromHistogram {
  readonly #metric: MeasuredMetric<HistogramSeries>;
  readonly #empty: PromHistogram;

  constructor(metric: MeasuredMetric<HistogramSeries>) {
    const { name, help } = metric.definition;
    const shape = { name, help, registers: [] };
    super(shape);
    this.#metric = metric;
    this.#empty = new PromHistogram(shape);
  }

  override async get(): Promise<Shown> {
    const shown = await this.#empty.get();
    return { ...shown, values: [...this.#values(shown.name)] };
  }

  /** What prom-client calls for the page. */
  getForPromString(): Promise<Shown> {
    return this.get();
  }

  *#values(name: string): Generator<Shown['values'][number]> {
    for (const series of this.#metric.series()) {
      const { labels, sum, count } = series;
      const metricName = `${name}_bucket`;
      for (const [le, value] of series.buckets()) {
        yield { metricName, labels: { le, ...labels }, value };
      }
      yield { metricName, labels: { le: '+Inf', ...labels }, value: count };
      yield { metricName: `${name}_sum`, labels, value: sum };
      yield { metricName: `${name}_count`, labels, value: count };
    }
  }
}
