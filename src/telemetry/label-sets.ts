// Owns how many combinations of label values a metric may have, and finds what is kept for each. Pure.
import type { MetricLabels } from '../base/metrics.ts';

export interface Found<Kept> {
  readonly kind: 'admitted' | 'overflow';
  readonly kept: Kept;
}

const maxValueLength = 128;
const maxKeyLength = 1024;

/** Beyond the limit, every new combination is counted as one whose labels all are `other`. */
export class LabelSets<Kept> {
  readonly #names: readonly string[];
  readonly #maxSets: number;
  readonly #make: (labels: MetricLabels) => Kept;
  readonly #admitted = new Map<string, Found<Kept>>();
  /** By values as they were given, so that those of most records are cleaned once. */
  readonly #asGiven = new Map<string, Found<Kept>>();

  constructor(names: readonly string[], maxSets: number, make: (labels: MetricLabels) => Kept) {
    this.#names = names;
    this.#maxSets = maxSets;
    this.#make = make;
  }

  /** Labels that are not given are empty. Undefined when there is one that the metric has not got. */
  find(given: MetricLabels): Found<Kept> | undefined {
    for (const name of Object.keys(given)) {
      if (!this.#names.includes(name)) return undefined;
    }
    const key = keyOf(this.#names, given);
    const known = this.#asGiven.get(key);
    if (known !== undefined) return known;
    const found = this.#admit(given);
    // What overflows is without number.
    const isOften = found.kind === 'admitted' && key.length <= maxKeyLength;
    if (isOften && this.#asGiven.size < this.#maxSets) this.#asGiven.set(key, found);
    return found;
  }

  *kept(): Generator<Kept> {
    for (const { kept } of this.#admitted.values()) yield kept;
  }

  forget(isGone: (kept: Kept) => boolean): void {
    for (const found of [this.#admitted, this.#asGiven]) {
      for (const [key, { kept }] of found) if (isGone(kept)) found.delete(key);
    }
  }

  #admit(given: MetricLabels): Found<Kept> {
    // A plugin in JavaScript may well give a number.
    const values = this.#names.map((name) => cleanValue(String(given[name] ?? '')));
    const labels = Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? '']));
    const key = keyOf(this.#names, labels);
    const known = this.#admitted.get(key);
    if (known !== undefined) return known;
    if (this.#admitted.size >= this.#maxSets) return this.#overflow();
    const found: Found<Kept> = { kind: 'admitted', kept: this.#make(labels) };
    this.#admitted.set(key, found);
    return found;
  }

  #overflow(): Found<Kept> {
    const labels = Object.fromEntries(this.#names.map((name) => [name, 'other']));
    const key = keyOf(this.#names, labels);
    const known = this.#admitted.get(key);
    const found: Found<Kept> = { kind: 'overflow', kept: known?.kept ?? this.#make(labels) };
    this.#admitted.set(key, found);
    return found;
  }
}

/** Lengths keep apart what would be the same when joined. */
function keyOf(names: readonly string[], labels: MetricLabels): string {
  const [first = '', ...others] = names;
  let key = String(labels[first] ?? '');
  for (const name of others) {
    const value = String(labels[name] ?? '');
    key = `${value.length}:${value}${key}`;
  }
  return key;
}

function cleanValue(value: string): string {
  return value
    .slice(0, maxValueLength)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp},]/gu, '_');
}
