// Owns what a metric is: its name, kind and labels, and whether they are fit for Prometheus. Pure.
import { AppError } from '../base/errors.ts';
import type { MetricOptions } from '../base/metrics.ts';

export type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly kind: MetricKind;
  /** With its prefix. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Undefined but for histograms. */
  readonly buckets: readonly number[] | undefined;
  readonly merge: 'sum' | 'min' | 'max';
}

const maxNameLength = 100;
const maxLabels = 8;
/** Seconds, from an answer out of a cache to a scan of a large message. */
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const word = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** Throws METRIC_INVALID when Prometheus could not read it. */
export function defineMetric(
  kind: MetricKind,
  prefix: string,
  name: string,
  { help, labels = [], buckets, merge = 'sum' }: MetricOptions,
): MetricDefinition {
  const fullName = `${prefix}${name}`;
  if (!word.test(name) || fullName.length > maxNameLength) {
    throw metricInvalid(fullName, 'expected a name of lower-case words joined by _');
  }
  if (help.trim() === '') throw metricInvalid(fullName, 'expected a sentence of help');
  const isFit = labels.every((label) => word.test(label) && label !== 'le');
  if (!isFit || new Set(labels).size !== labels.length || labels.length > maxLabels) {
    throw metricInvalid(fullName, `expected at most ${maxLabels} different lower-case labels`);
  }
  if (kind !== 'histogram') {
    if (buckets !== undefined) throw metricInvalid(fullName, 'only a histogram has buckets');
    return { kind, name: fullName, help, labels, buckets: undefined, merge };
  }
  const bounds = buckets ?? defaultBuckets;
  const isRising = bounds.every(
    (bound, index) =>
      Number.isFinite(bound) && bound > (bounds[index - 1] ?? Number.NEGATIVE_INFINITY),
  );
  if (!isRising || bounds.length === 0) {
    throw metricInvalid(fullName, 'expected buckets as rising numbers');
  }
  return { kind, name: fullName, help, labels, buckets: bounds, merge };
}

/** Same kind, labels and buckets: what was counted so far stays comparable. */
export function isSameMetric(one: MetricDefinition, other: MetricDefinition): boolean {
  const shape = ({ kind, labels, buckets = [] }: MetricDefinition): string =>
    JSON.stringify([kind, labels.toSorted(), buckets]);
  return shape(one) === shape(other);
}

/** Names that stand on the page for this metric. */
export function pageNames({ kind, name }: MetricDefinition): string[] {
  const derived = kind === 'histogram' ? ['_bucket', '_sum', '_count'] : [];
  return [name, ...derived.map((end) => name + end)];
}

export function metricInvalid(metric: string, reason: string): AppError {
  return new AppError('METRIC_INVALID', {
    fault: 'plugin',
    publicText: `the metric ${metric} cannot be defined: ${reason}`,
    details: { metric, reason },
  });
}
