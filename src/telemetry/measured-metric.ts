// Owns one metric: who records in it, and that a bad record is dropped and counted. Metrics are never
// worth a message, so that nothing here throws.
import type { MetricLabels } from '../base/metrics.ts';
import { LabelSets } from './label-sets.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** What is recorded of one combination of label values. */
export interface Recorded {
  record(value: number): void;
}

export type Reject = (metric: string, reason: 'rejected' | 'overflow') => void;

/** As far as those see it who record. */
export interface Recorder {
  record(holder: object, value: number, given: MetricLabels): void;
}

const maxLabelSets = 1000;
const noLabels: MetricLabels = {};

export class MeasuredMetric<Series extends Recorded = Recorded> implements Recorder {
  readonly owner: string;
  readonly definition: MetricDefinition;
  readonly #reject: Reject;
  readonly #sets: LabelSets<Series>;
  readonly #holders = new Set<object>();
  /** Of a gauge only: who set it last. */
  readonly #setBy = new Map<Series, object>();

  constructor(
    owner: string,
    definition: MetricDefinition,
    reject: Reject,
    make: (labels: MetricLabels) => Series,
  ) {
    this.owner = owner;
    this.definition = definition;
    this.#reject = reject;
    this.#sets = new LabelSets(definition.labels, maxLabelSets, make);
    // A gauge that nobody has set says nothing; the others begin with 0.
    if (definition.kind !== 'gauge' && definition.labels.length === 0) this.#sets.find(noLabels);
  }

  /** Is there anybody who may record in it? */
  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /** A gauge tells the present, so without anybody to set it, it has nothing to tell. */
  get isGone(): boolean {
    return this.definition.kind === 'gauge' && !this.isHeld;
  }

  /** Everything recorded so far. */
  series(): Iterable<Series> {
    return this.#sets.kept();
  }

  hold(holder: object): void {
    this.#holders.add(holder);
  }

  release(holder: object): void {
    if (!this.#holders.delete(holder)) return;
    this.#sets.forget((series) => this.#setBy.get(series) === holder);
    for (const [series, setBy] of this.#setBy) if (setBy === holder) this.#setBy.delete(series);
  }

  record(holder: object, value: number, given: MetricLabels): void {
    if (!this.#holders.has(holder)) return;
    const { kind, name } = this.definition;
    if (!Number.isFinite(value) || (kind === 'counter' && value < 0)) {
      this.#reject(name, 'rejected');
      return;
    }
    const found = this.#sets.find(given);
    if (found === undefined) {
      this.#reject(name, 'rejected');
      return;
    }
    if (found.kind === 'overflow') this.#reject(name, 'overflow');
    if (kind === 'gauge') this.#setBy.set(found.kept, holder);
    found.kept.record(value);
  }
}
