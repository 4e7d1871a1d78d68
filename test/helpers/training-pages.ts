// Owns the pages of training over stores in memory, for tests without mail.
import { createSecretKey } from 'node:crypto';
import {
  startTrainingServer,
  type TrainingPageServices,
} from '../../src/admin/training/training-server.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { TrainingConfig } from '../../src/config/schema.ts';
import { trainingSchema } from '../../src/config/training-schema.ts';
import { openTrainingStore, type TrainingStore } from '../../src/stores/training-store.ts';
import { createMetrics, type MetricsRegistry } from '../../src/telemetry/metrics.ts';
import { TrainingMetrics } from '../../src/telemetry/training-metrics.ts';
import { TrainingLinks } from '../../src/training/training-links.ts';
import { FakeClock } from './fake-clock.ts';
import { type MemoryQuarantine, memoryQuarantine } from './memory-quarantine.ts';

export interface TrainingPages extends AsyncDisposable {
  readonly port: number;
  readonly clock: FakeClock;
  readonly store: TrainingStore;
  readonly quarantine: MemoryQuarantine;
  readonly registry: MetricsRegistry;
  /** A link to a message that is kept, at the address of the server. */
  linkTo(content: string): Promise<string>;
}

export interface TrainingPagesOptions {
  give?: TrainingPageServices['give'];
  /** As in the YAML. */
  readonly links?: object;
}

const url = 'http://pages.example/';

export async function startTrainingPages({
  give = async () => ({ result: 'learned', reasons: [], failed: [] }),
  links: more = {},
}: TrainingPagesOptions = {}): Promise<TrainingPages> {
  const clock = new FakeClock();
  const key = createSecretKey(Buffer.alloc(32, 1));
  const limits = { maxAgeMs: 86_400_000, maxMessages: 100, maxBytes: 1_000_000 };
  const store = openTrainingStore(':memory:', key, clock, limits);
  const quarantine = memoryQuarantine();
  const registry = createMetrics();
  const config: TrainingConfig = trainingSchema.parse({ links: { url, port: 0, ...more } });
  const links = new TrainingLinks(key, { url, validForDays: 14 }, clock);
  const server = await startTrainingServer(
    { address: '127.0.0.1', port: 0 },
    {
      config: () => config,
      links: () => links,
      store,
      quarantine,
      give,
      metrics: new TrainingMetrics(registry.core),
      tls: undefined,
      log: silentLogger,
      clock,
    },
  );
  let count = 0;
  return {
    port: server.port,
    clock,
    store,
    quarantine,
    registry,
    async linkTo(content) {
      count += 1;
      const account = { user: 'ann', upstreamHost: 'pop.example.net' };
      const identity = { account, uidl: `${count}`, sha256: '' };
      const id = await store.keep(identity, 'unsure', async () => Buffer.from(content));
      return links.toLearn(id).replace(url, `http://127.0.0.1:${server.port}/`);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

export async function press(link: string, act: string): Promise<string> {
  const response = await fetch(link, { method: 'POST', body: new URLSearchParams({ act }) });
  return response.text();
}
