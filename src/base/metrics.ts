// Owns the types of metrics, so that no room but telemetry/ knows which library counts.

/** Values of the labels of a metric. Never names of users or senders: they would be without number. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface Counter {
  add(count?: number, labels?: MetricLabels): void;
}

export interface Gauge {
  set(value: number, labels?: MetricLabels): void;
}

export interface Histogram {
  observe(value: number, labels?: MetricLabels): void;
}

export interface MetricOptions {
  /** One sentence for the reader of the metrics page. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[];
  /** For gauges that several processes have set: what is shown; by default their sum. */
  readonly merge?: 'sum' | 'min' | 'max';
}

/** Makes metrics; asking twice for a name gives the same metric. */
export interface Metrics {
  counter(name: string, options: MetricOptions): Counter;
  gauge(name: string, options: MetricOptions): Gauge;
  histogram(name: string, options: MetricOptions): Histogram;
}
