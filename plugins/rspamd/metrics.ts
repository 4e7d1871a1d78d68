// Owns the metrics of the plugin. Labels never hold anything of a message.
import type { Metrics } from '#plugin-api';

export type ScanEnd = 'answered' | 'not_scanned' | 'failed' | 'given_up';

export interface RspamdMetrics {
  scanEnded(end: ScanEnd): void;
  answered(server: string, afterMs: number): void;
  isUp(server: string, news: 'up' | 'down'): void;
}

const secondsBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

export function createRspamdMetrics(metrics: Metrics): RspamdMetrics {
  const scans = metrics.counter('scans_total', {
    help: 'Messages for rspamd, by how that ended.',
    labels: ['result'],
  });
  const seconds = metrics.histogram('scan_seconds', {
    help: 'From a question to the answer of rspamd.',
    labels: ['server'],
    buckets: secondsBuckets,
  });
  const up = metrics.gauge('up', {
    help: 'Whether rspamd is given messages: 1 or 0.',
    labels: ['server'],
    merge: 'min',
  });
  return {
    scanEnded: (result) => scans.add(1, { result }),
    answered: (server, afterMs) => seconds.observe(afterMs / 1000, { server }),
    isUp: (server, news) => up.set(news === 'up' ? 1 : 0, { server }),
  };
}
