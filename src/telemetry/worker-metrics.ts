// Owns what is counted about the processes that serve.
import type { Counter, Gauge, Metrics } from '../base/metrics.ts';

export class WorkerMetrics {
  readonly #workers: Gauge;
  readonly #restarts: Counter;

  constructor(metrics: Metrics) {
    this.#workers = metrics.gauge('workers', { help: 'Processes that serve at present.' });
    this.#restarts = metrics.counter('worker_restarts_total', {
      help: 'Processes that ended unasked and were started again.',
    });
  }

  serving(count: number): void {
    this.#workers.set(count);
  }

  restarted(): void {
    this.#restarts.add();
  }
}
