// Owns one page of metrics for several processes. What was shown once is never taken back: what a process
// has counted stays when it ends.
import { AggregatorRegistry, Registry } from 'prom-client';
import type { MetricsSnapshot } from './metrics.ts';

export class MergedMetrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  /** By process. */
  readonly #latest = new Map<object, MetricsSnapshot>();
  /** Of those that have ended, without what tells the present only. */
  #departed: MetricsSnapshot = [];
  #leaving: Promise<void> = Promise.resolve();

  /** What this process has counted since its start. */
  keep(source: object, snapshot: MetricsSnapshot): void {
    this.#latest.set(source, snapshot);
  }

  /** It has ended. What it has counted since it was last asked is lost. */
  leave(source: object): void {
    this.#leaving = this.#leaving.then(async () => {
      const last = this.#latest.get(source) ?? [];
      const counted = last.filter(({ type }) => String(type) !== 'gauge');
      const merged = AggregatorRegistry.aggregate([this.#departed, counted]);
      this.#departed = await merged.getMetricsAsJSON();
      this.#latest.delete(source);
    });
  }

  /** The page, in the text format of Prometheus. */
  async text(): Promise<string> {
    await this.#leaving;
    return AggregatorRegistry.aggregate([...this.#latest.values(), this.#departed]).metrics();
  }
}
