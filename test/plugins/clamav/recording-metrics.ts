// Owns metrics that keep what they are told.
import assert from 'node:assert/strict';
import type { MetricLabels, MetricOptions, Metrics } from '#plugin-api';

export class RecordingMetrics implements Metrics {
  readonly #values = new Map<string, number>();
  readonly #labels = new Map<string, readonly string[]>();

  counter(name: string, options: MetricOptions) {
    this.#declare(name, options);
    return {
      add: (count = 1, labels: MetricLabels = {}) => {
        this.#put(name, labels, (value) => value + count);
      },
    };
  }

  gauge(name: string, options: MetricOptions) {
    this.#declare(name, options);
    return {
      set: (value: number, labels: MetricLabels = {}) => this.#put(name, labels, () => value),
    };
  }

  /** Kept as the number of values. */
  histogram(name: string, options: MetricOptions) {
    this.#declare(name, options);
    return {
      observe: (value: number, labels: MetricLabels = {}) => {
        assert.ok(value >= 0);
        this.#put(name, labels, (count) => count + 1);
      },
    };
  }

  /** Undefined when it was never touched. */
  value(name: string, labels: MetricLabels): number | undefined {
    return this.#values.get(keyOf(name, labels));
  }

  get names(): readonly string[] {
    return [...this.#labels.keys()];
  }

  #declare(name: string, { help, labels = [] }: MetricOptions): void {
    assert.match(name, /^[a-z][a-z_]*$/);
    assert.match(help, /\.$/);
    this.#labels.set(name, labels);
  }

  #put(name: string, labels: MetricLabels, change: (value: number) => number): void {
    assert.deepEqual(Object.keys(labels).toSorted(), this.#labels.get(name)?.toSorted(), name);
    const key = keyOf(name, labels);
    this.#values.set(key, change(this.#values.get(key) ?? 0));
  }
}

function keyOf(name: string, labels: MetricLabels): string {
  const pairs = Object.entries(labels).toSorted();
  return `${name} ${JSON.stringify(pairs)}`;
}
