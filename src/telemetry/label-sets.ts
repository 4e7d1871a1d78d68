// Owns how many combinations of label values a metric may have. Pure.
import type { MetricLabels } from '../base/metrics.ts';

export type Admission =
  | { readonly kind: 'admitted' | 'overflow'; readonly key: string; readonly labels: MetricLabels }
  /** A label that the metric has not got. */
  | { readonly kind: 'unknownLabel' };

const maxValueLength = 128;

/** Beyond the limit, every new combination is counted as one whose labels all are `other`. */
export class LabelSets {
  readonly #names: readonly string[];
  readonly #maxSets: number;
  readonly #known = new Set<string>();
  readonly #other: MetricLabels;

  constructor(names: readonly string[], maxSets: number) {
    this.#names = names;
    this.#maxSets = maxSets;
    this.#other = Object.fromEntries(names.map((name) => [name, 'other']));
  }

  /** Labels that are not given are empty. */
  admit(given: MetricLabels): Admission {
    if (Object.keys(given).some((name) => !this.#names.includes(name))) {
      return { kind: 'unknownLabel' };
    }
    // A plugin in JavaScript may well give a number.
    const values = this.#names.map((name) => cleanValue(String(given[name] ?? '')));
    const key = JSON.stringify(values);
    if (!this.#known.has(key)) {
      if (this.#known.size >= this.#maxSets) {
        return {
          kind: 'overflow',
          key: JSON.stringify(Object.values(this.#other)),
          labels: this.#other,
        };
      }
      this.#known.add(key);
    }
    const labels = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? '']));
    return { kind: 'admitted', key, labels };
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

/** Commas go as well: prom-client joins values with them to tell combinations apart. */
function cleanValue(value: string): string {
  return value
    .slice(0, maxValueLength)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp},]/gu, '_');
}
