// Owns the metrics of the plugin, each under the name of the clamd concerned. Labels never hold
// anything of a message: names of signatures and of files would be without number.
import type { Metrics } from '#plugin-api';
import type { BreakerState } from './breaker.ts';
import type { ClamdVersion } from './version.ts';

/** How one INSTREAM conversation ended. */
export type ScanEnd = 'clean' | 'infected' | 'not_scanned' | 'failed' | 'given_up';

export interface ServerMetrics {
  scanEnded(end: ScanEnd): void;
  answered(afterMs: number): void;
  sent(octets: number): void;
  busy(scans: number): void;
  state(breaker: BreakerState): void;
  version(version: ClamdVersion, nowMs: number): void;
}

const stateNumbers = { closed: 0, 'half-open': 1, open: 2 } as const;
const secondsBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300];

/** For each server its own face of the same metrics. */
export function createServerMetrics(metrics: Metrics): (server: string) => ServerMetrics {
  const labels = ['server'];
  const gauge = (name: string, help: string, merge: 'sum' | 'min' | 'max' = 'max') =>
    metrics.gauge(name, { help, labels, merge });
  const scans = metrics.counter('scans_total', {
    help: 'Contents sent to clamd, by how that ended.',
    labels: ['server', 'result'],
  });
  const seconds = metrics.histogram('scan_seconds', {
    help: 'From the last octet of a content to the answer of clamd.',
    labels,
    buckets: secondsBuckets,
  });
  const octets = metrics.counter('scanned_octets_total', { help: 'Octets sent to clamd.', labels });
  const busy = gauge('busy', 'Messages that clamd is busy with.', 'sum');
  const up = gauge('up', 'Whether clamd is given messages: 1 or 0.', 'min');
  const breaker = gauge('breaker_state', 'Circuit breaker: 0 closed, 1 half-open, 2 open.');
  const signatures = gauge('signature_version', 'Version of the official signatures.');
  const databaseTime = gauge('database_time_seconds', 'When the signatures were made, since 1970.');
  const age = gauge('signature_age_seconds', 'Age of the signatures when clamd was last asked.');
  return (server) => ({
    scanEnded: (result) => scans.add(1, { server, result }),
    answered: (afterMs) => seconds.observe(afterMs / 1000, { server }),
    sent: (count) => octets.add(count, { server }),
    busy: (count) => busy.set(count, { server }),
    state(state) {
      up.set(state === 'closed' ? 1 : 0, { server });
      breaker.set(stateNumbers[state], { server });
    },
    version(version, nowMs) {
      if (version.signatures !== undefined) signatures.set(Number(version.signatures), { server });
      if (version.databaseTimeMs === undefined) return;
      databaseTime.set(version.databaseTimeMs / 1000, { server });
      // A clamd in another time zone may seem to come from the future.
      age.set(Math.max(0, nowMs - version.databaseTimeMs) / 1000, { server });
    },
  });
}
