// Owns the numbers of one combination of label values. To record is to add; the page reads them when it
// is asked for. Pure.
import type { MetricLabels } from '../base/metrics.ts';

export class CounterSeries {
  readonly labels: MetricLabels;
  value = 0;

  constructor(labels: MetricLabels) {
    this.labels = labels;
  }

  record(value: number): void {
    this.value += value;
  }
}

export class GaugeSeries {
  readonly labels: MetricLabels;
  value = 0;

  constructor(labels: MetricLabels) {
    this.labels = labels;
  }

  record(value: number): void {
    this.value = value;
  }
}

export class HistogramSeries {
  readonly labels: MetricLabels;
  sum = 0;
  count = 0;
  readonly #bounds: readonly number[];
  /** How many values lie within each bound and above the one before. */
  readonly #counts: number[];

  constructor(labels: MetricLabels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  record(value: number): void {
    this.sum += value;
    this.count += 1;
    let at = 0;
    for (const bound of this.#bounds) {
      if (value <= bound) break;
      at += 1;
    }
    const count = this.#counts[at];
    if (count !== undefined) this.#counts[at] = count + 1;
  }

  /** For each bound, how many values lie within it. */
  *buckets(): Generator<readonly [bound: number, count: number]> {
    let total = 0;
    for (const [at, bound] of this.#bounds.entries()) {
      total += this.#counts[at] ?? 0;
      yield [bound, total];
    }
  }
}

export type Series = CounterSeries | GaugeSeries | HistogramSeries;
