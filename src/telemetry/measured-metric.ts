// Owns one metric: who records in it, and that a bad record is dropped and counted. Metrics are never
// worth a message, so that nothing here throws.
import type { MetricLabels } from '../base/metrics.ts';
import { LabelSets } from './label-sets.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** The metric as the library has it. */
export interface Series {
  record(labels: MetricLabels, value: number): void;
  remove(labels: MetricLabels): void;
}

export type Reject = (metric: string, reason: 'rejected' | 'overflow') => void;

const maxLabelSets = 1000;

interface LastRecord {
  readonly holder: object;
  readonly labels: MetricLabels;
}

export class MeasuredMetric {
  readonly owner: string;
  readonly definition: MetricDefinition;
  readonly #reject: Reject;
  readonly #series: Series;
  readonly #sets: LabelSets;
  readonly #holders = new Set<object>();
  /** Of a gauge only: who set it last, by combination of labels. */
  readonly #last = new Map<string, LastRecord>();

  constructor(owner: string, definition: MetricDefinition, reject: Reject, series: Series) {
    this.owner = owner;
    this.definition = definition;
    this.#reject = reject;
    this.#series = series;
    this.#sets = new LabelSets(definition.labels, maxLabelSets);
  }

  /** Is there anybody who may record in it? */
  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /** A gauge tells the present, so without anybody to set it, it has nothing to tell. */
  get isGone(): boolean {
    return this.definition.kind === 'gauge' && !this.isHeld;
  }

  hold(holder: object): void {
    this.#holders.add(holder);
  }

  release(holder: object): void {
    if (!this.#holders.delete(holder)) return;
    for (const [key, last] of this.#last) {
      if (last.holder !== holder) continue;
      this.#series.remove(last.labels);
      this.#last.delete(key);
      this.#sets.forget(key);
    }
  }

  record(holder: object, value: number, given: MetricLabels): void {
    if (!this.#holders.has(holder)) return;
    const { kind, name } = this.definition;
    if (!Number.isFinite(value) || (kind === 'counter' && value < 0)) {
      this.#reject(name, 'rejected');
      return;
    }
    const admission = this.#sets.admit(given);
    if (admission.kind === 'unknownLabel') {
      this.#reject(name, 'rejected');
      return;
    }
    const { key, labels } = admission;
    if (admission.kind === 'overflow') this.#reject(name, 'overflow');
    if (kind === 'gauge') this.#last.set(key, { holder, labels });
    this.#series.record(labels, value);
  }
}
