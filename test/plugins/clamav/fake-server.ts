// Owns a clamd without any socket: it answers VERSION as it is told, and scans are only pretended.
import { ClamdServer } from '../../../plugins/clamav/server.ts';
import { createServerMetrics } from '../../../plugins/clamav/server-metrics.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import type { RecordingLogger } from '../../helpers/recording-logger.ts';
import { RecordingMetrics } from './recording-metrics.ts';

export const refreshMs = 60_000;

export class FakeConnection {
  /** An Error is thrown. */
  answer: string | Error | Promise<string> = 'ClamAV 1.4.6/27500/Mon Nov  2 09:12:33 2026\n';
  asked = 0;
  state: 'open' | 'closed' = 'open';

  async version(): Promise<string> {
    this.asked += 1;
    if (this.answer instanceof Error) throw this.answer;
    return await this.answer;
  }

  connect(): never {
    throw new Error('nothing to connect to');
  }

  parseReply(): never {
    throw new Error('nothing to parse');
  }

  close(): void {
    this.state = 'closed';
  }
}

export interface FakeServerOptions {
  readonly name?: string;
  readonly maxConcurrent?: number;
  readonly clock?: FakeClock;
  readonly log?: RecordingLogger;
  readonly metrics?: RecordingMetrics;
}

export function fakeServer({
  name = 'a',
  maxConcurrent = 1,
  clock = new FakeClock(),
  log,
  metrics = new RecordingMetrics(),
}: FakeServerOptions = {}) {
  const clamd = new FakeConnection();
  const limits = { maxConcurrent, maxBytes: 1000, maxPartsBytes: 1000, silentLimitMs: undefined };
  const server = new ClamdServer(
    clamd,
    { name, limits, refreshMs },
    {
      clock,
      log: log ?? silentLogger,
      metrics: createServerMetrics(metrics)(name),
      random: () => 1,
    },
  );
  return { server, clamd, clock, metrics };
}
