// Owns the metrics of the plugin. Labels never hold anything of a message.
import type { Metrics } from '#plugin-api';

export interface SpamdMetrics {
  checked(result: 'scored' | 'skipped' | 'failed', tookMs?: number): void;
  server(name: string, state: 'up' | 'down'): void;
}

const secondsBuckets = [0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

export function createSpamdMetrics(metrics: Metrics): SpamdMetrics {
  const checks = metrics.counter('checks_total', {
    help: 'Messages for SpamAssassin, by what came of it.',
    labels: ['result'],
  });
  const seconds = metrics.histogram('check_seconds', {
    help: 'From the whole message to its score, waiting for a turn included.',
    buckets: secondsBuckets,
  });
  const up = metrics.gauge('up', {
    help: 'Whether spamd is asked first: 1 or 0.',
    labels: ['server'],
    merge: 'min',
  });
  return {
    checked(result, tookMs) {
      checks.add(1, { result });
      if (tookMs !== undefined) seconds.observe(tookMs / 1000);
    },
    server: (server, state) => up.set(state === 'up' ? 1 : 0, { server }),
  };
}
