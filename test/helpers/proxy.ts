// Owns what tests of proxy/ put around it: services with a configuration of their own, a quarantine in
// memory, and listeners on loopback.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Turns } from '../../src/base/turns.ts';
import { readConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { openInterception } from '../../src/interception/open-interception.ts';
import { AnnouncedSizes } from '../../src/pipeline/announced-sizes.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import type { LoadedPlugin } from '../../src/pipeline/plugin.ts';
import type { SpoolOptions } from '../../src/pipeline/spool.ts';
import type { ConnectionServices } from '../../src/proxy/connection-services.ts';
import { Listener } from '../../src/proxy/listener.ts';
import { ListenerDoors } from '../../src/proxy/listener-doors.ts';
import { LoadBalancers } from '../../src/proxy/load-balancers.ts';
import { LoginDesk } from '../../src/proxy/logins/login-desk.ts';
import { LoginTurns } from '../../src/proxy/logins/login-turns.ts';
import { SessionCount } from '../../src/proxy/session-count.ts';
import { TlsUseRecorder, type TlsUseServices } from '../../src/proxy/tls-use.ts';
import type { Trouble } from '../../src/proxy/troubles.ts';
import { HostHealth } from '../../src/routing/host-health.ts';
import type { Resolve } from '../../src/routing/lookups/guarded-lookup.ts';
import { SrvRecords } from '../../src/routing/lookups/srv-records.ts';
import { Routes } from '../../src/routing/route.ts';
import { TargetPolicy } from '../../src/routing/target-policy.ts';
import type { UpstreamMessage } from '../../src/session/maildrop.ts';
import { createMemoryCache } from '../../src/stores/memory.ts';
import type { Quarantine } from '../../src/stores/store.ts';
import { CoreMetrics } from '../../src/telemetry/core-metrics.ts';
import { LoginMetrics } from '../../src/telemetry/login-metrics.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { TlsMetrics } from '../../src/telemetry/tls-metrics.ts';
import { KnownUpstreams } from '../../src/upstream/known-upstreams.ts';
import { memoryLetters, memoryQuarantine } from './memory-quarantine.ts';
import { roomySpool } from './pipeline.ts';
import { type RecordingLogger, recordingLogger } from './recording-logger.ts';
import type { Certificate } from './test-certificates.ts';

export interface TestSettings {
  readonly tlsUses?: TlsUseServices['uses'];
  readonly plugins?: readonly LoadedPlugin[];
  readonly clock?: Clock;
  readonly spool?: Partial<SpoolOptions>;
  readonly quarantine?: Quarantine;
  /** Keys of `limits` as in the YAML. */
  readonly limits?: Readonly<Record<string, string | number>>;
  /** Keys of `logins` as in the YAML. */
  readonly logins?: Readonly<Record<string, string | number>>;
  /** Keys of `digest` as in the YAML. */
  readonly digest?: Readonly<Record<string, string | boolean>>;
  /** Keys of the only listener as in the YAML. */
  readonly listener?: Readonly<Record<string, string | number | readonly string[] | object>>;
  /** Keys of the only upstream as in the YAML. */
  readonly upstream?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
  /** More keys of the only route as in the YAML. */
  readonly route?: Readonly<Record<string, object>>;
  /** Keys as in the YAML. */
  readonly spam?: Readonly<Record<string, unknown>>;
  readonly resolve?: Resolve;
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
          ...settings.route,
        },
      ],
      limits: settings.limits ?? {},
      digest: settings.digest ?? {},
      logins: settings.logins ?? {},
      spam: settings.spam ?? {},
    }),
    join(tmpdir(), 'postern.yaml'),
  );
  const log = recordingLogger();
  return {
    config,
    log,
    clock,
    pipeline: new Pipeline(plugins, { clock, log, verdicts: new Map(), spam: config.spam }),
    quarantine: settings.quarantine ?? memoryQuarantine(() => clock.nowMs()),
    limits: config.limits,
    routes: new Routes(config.routes),
    spool: roomySpool(settings.spool),
    sizes: new AnnouncedSizes({ store: undefined, headerBudgetOctets: 0, policy: '' }),
    logins: new LoginDesk(config.logins, { clock, log }),
    loginMetrics: new LoginMetrics(createMetrics().core),
    tlsUses: new TlsUseRecorder({
      modes: new Map(config.listeners.map(({ name, tls }) => [name, tls])),
      uses: settings.tlsUses,
      metrics: new TlsMetrics(createMetrics().core),
    }),
    loginTurns: new LoginTurns(clock),
    loginLimits: config.logins,
    troubles: createMemoryCache<Trouble>({ maxEntries: 100, ttlMs: 1_000_000 }),
    knownCapabilities: new KnownUpstreams(clock),
    hostHealth: new HostHealth(),
    srvRecords: new SrvRecords(clock),
    ...(settings.resolve && { resolve: settings.resolve }),
    earlyTurns: new Turns(8),
    letters: memoryLetters(() => clock.nowMs()),
    digest: config.digest,
    notice: { ...config.notice, templates: undefined },
    writeDigest: (owner, entries) => Buffer.from(`${owner.user}: ${entries.length}\r\n\r\n`),
    metrics: new CoreMetrics(createMetrics().core),
    use: () => () => {},
    policyOf: ({ targets }) => new TargetPolicy(targets),
    trustOf: () => ({ rejectUnauthorized: false }),
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
  const interception = await openInterception(config, services.clock);
  const count = new SessionCount(services.limits);
  const tls = secureContext && { contextFor: () => secureContext };
  const doors = new ListenerDoors(config);
  const loadBalancers =
    config.proxyProtocol && new LoadBalancers(config.proxyProtocol, config.maxSessions);
  const facts = { config, tls, doors, interception, loadBalancers };
  const listener = new Listener(facts, services, count);
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

/** As it stands in a maildrop. */
export function upstreamMessage(upstreamNumber: number, octets: number): UpstreamMessage {
  const listed = { octets, upstreamOctets: octets, uidl: undefined };
  return { source: 'upstream', number: upstreamNumber, upstreamNumber, ...listed };
}
