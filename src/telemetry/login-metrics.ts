// Owns what is counted of logins that failed or had to wait. Labels are names from the configuration and
// words of the sources.
import type { Counter, Histogram, Metrics } from '../base/metrics.ts';

const delayBuckets = [0.5, 1, 2, 5, 10, 20, 60, 600];

export class LoginMetrics {
  readonly #failures: Counter;
  readonly #delayed: Counter;
  readonly #delay: Histogram;

  constructor(metrics: Metrics) {
    this.#failures = metrics.counter('login_failures_total', {
      help: 'Logins that failed, by reason: wrong password, same password, too many failures, or other.',
      labels: ['route', 'reason'],
    });
    this.#delayed = metrics.counter('logins_delayed_total', {
      help: 'Logins that were delayed or refused for failed ones of an address, an account or an upstream.',
      labels: ['limit', 'result'],
    });
    this.#delay = metrics.histogram('login_delay_seconds', {
      help: 'Time for which such a login was delayed.',
      labels: ['limit'],
      buckets: delayBuckets,
    });
  }

  failed(route: string, reason: string): void {
    this.#failures.add(1, { route, reason });
  }

  delayed(limit: string, result: 'delayed' | 'refused', delayMs: number): void {
    this.#delayed.add(1, { limit, result });
    this.#delay.observe(delayMs / 1000, { limit });
  }
}
