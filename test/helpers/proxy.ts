// Owns what tests of proxy/ put around it: services with a configuration of their own, a quarantine in
// memory, and listeners on loopback.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { readConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { AnnouncedSizes } from '../../src/pipeline/announced-sizes.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { SpoolOptions } from '../../src/pipeline/spool.ts';
import type { ConnectionServices } from '../../src/proxy/client-connection.ts';
import type { Trouble } from '../../src/proxy/deliver.ts';
import { Listener } from '../../src/proxy/listener.ts';
import { SessionCount } from '../../src/proxy/session-count.ts';
import { createMemoryCache } from '../../src/stores/memory.ts';
import type { Quarantine, QuarantineRecord } from '../../src/stores/store.ts';
import { collect, roomySpool } from './pipeline.ts';
import { type RecordingLogger, recordingLogger } from './recording-logger.ts';
import type { Certificate } from './test-certificates.ts';

export interface TestSettings {
  readonly plugins?: readonly LoadedPlugin[];
  readonly clock?: Clock;
  readonly spool?: Partial<SpoolOptions>;
  readonly quarantine?: Quarantine;
  /** Keys of `limits` as in the YAML. */
  readonly limits?: Readonly<Record<string, string | number>>;
  /** Keys of the only listener as in the YAML. */
  readonly listener?: Readonly<Record<string, string | number>>;
  /** Keys of the only upstream as in the YAML. */
  readonly upstream?: Readonly<Record<string, string | number | boolean>>;
}

export interface TestServices extends ConnectionServices {
  readonly log: RecordingLogger;
  readonly config: Config;
}

export async function testServices(settings: TestSettings = {}): Promise<TestServices> {
  const { plugins = [], clock = systemClock } = settings;
  const { config } = await readConfig(
    // JSON is YAML.
    JSON.stringify({
      listeners: [
        { name: 'test', address: '127.0.0.1', port: 0, tls: 'none', ...settings.listener },
      ],
      routes: [
        {
          name: 'test',
          upstream: {
            host: '127.0.0.1',
            port: 1,
            tls: 'none',
            allow_plaintext_login: true,
            ...settings.upstream,
          },
        },
      ],
      limits: settings.limits ?? {},
    }),
    join(tmpdir(), 'postern.yaml'),
  );
  const log = recordingLogger();
  return {
    config,
    log,
    clock,
    pipeline: new Pipeline(plugins, { clock, log, verdicts: new Map() }),
    quarantine: settings.quarantine ?? memoryQuarantine(),
    limits: config.limits,
    routes: config.routes,
    spool: roomySpool(settings.spool),
    sizes: new AnnouncedSizes({ store: undefined, headerBudgetOctets: 0, policy: '' }),
    troubles: createMemoryCache<Trouble>({ maxEntries: 100, ttlMs: 1_000_000 }),
    knownCapabilities: new Map(),
    contact: undefined,
    trustOf: () => ({ rejectUnauthorized: false }),
  };
}

export interface MemoryQuarantine extends Quarantine {
  readonly kept: readonly { readonly record: QuarantineRecord; readonly content: Buffer }[];
}

export function memoryQuarantine(): MemoryQuarantine {
  const kept: { record: QuarantineRecord; content: Buffer }[] = [];
  return {
    kept,
    async put(record, content) {
      kept.push({ record, content: await collect(content) });
      return { id: `id-${kept.length}`, isNew: true };
    },
  };
}

export interface TestProxy extends AsyncDisposable {
  readonly listener: Listener;
  readonly port: number;
  readonly services: TestServices;
}

/** One listener with everything behind it. */
export async function startProxy(
  settings: TestSettings = {},
  certificate?: Certificate,
): Promise<TestProxy> {
  const services = await testServices(settings);
  const [config] = services.config.listeners;
  if (config === undefined) throw new Error('the configuration has no listener');
  const secureContext =
    certificate === undefined
      ? undefined
      : createSecureContext({ cert: certificate.certPem, key: certificate.keyPem });
  const count = new SessionCount(services.limits);
  const listener = new Listener({ config, secureContext }, services, count);
  const { port } = await listener.listen();
  return {
    listener,
    port,
    services,
    async [Symbol.asyncDispose]() {
      listener.drain();
      listener.destroy();
      await listener.idle();
    },
  };
}
