// Owns how many sessions were encrypted how. Labels are words of Postern and of OpenSSL.
import type { Counter, Metrics } from '../base/metrics.ts';

export class TlsMetrics {
  readonly #sessions: Counter;

  constructor(metrics: Metrics) {
    this.#sessions = metrics.counter('tls_sessions_total', {
      help: 'Sessions that have logged in, by how the client and the upstream side were encrypted.',
      labels: ['side', 'mode', 'version'],
    });
  }

  session(side: string, mode: string, version: string): void {
    this.#sessions.add(1, { side, mode, version });
  }
}
