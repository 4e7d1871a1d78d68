// Owns everything that one version of the configuration makes: its chain, its routes, its limits. Sessions
// end with the generation they began with.
import { tmpdir } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import { UseCount } from '../base/use-count.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config, RouteConfig } from '../config/schema.ts';
import { openInterception } from '../interception/open-interception.ts';
import { OwnAddresses } from '../interception/own-addresses.ts';
import { AnnouncedSizes } from '../pipeline/announced-sizes.ts';
import { renderDigest } from '../pipeline/digest.ts';
import { noticeLanguage } from '../pipeline/notice/language.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import type { LoadedPlugin } from '../pipeline/plugin.ts';
import { checkPlugins, setUpPlugins } from '../pipeline/registry.ts';
import type { ConnectionServices, ListenerFacts } from '../proxy/connection-services.ts';
import { ListenerDoors } from '../proxy/listener-doors.ts';
import { LoadBalancers } from '../proxy/load-balancers.ts';
import type { DigestWriter } from '../proxy/maildrop-changes.ts';
import { TlsUseRecorder } from '../proxy/tls-use.ts';
import { Routes } from '../routing/route.ts';
import { TargetPolicy } from '../routing/target-policy.ts';
import type { FinalSizes } from '../stores/store.ts';
import { OpenAuthority } from '../tls/authority/open-authority.ts';
import { type ListenerMaterial, loadListenerMaterial } from '../tls/material.ts';
import { UpstreamTrusts } from '../tls/upstream-trust.ts';
import { DeliveredLessons } from '../training/delivered-lessons.ts';
import { TrainingDesk } from '../training/training-desk.ts';
import { loadNotices } from './notices.ts';
import type { SharedState } from './shared-state.ts';
import type { TicketKeyring } from './ticket-keyring.ts';
import { isTrainingUsed, linksOf, type OpenTraining } from './training.ts';

export interface PreparedListener {
  readonly facts: ListenerFacts;
  /** Undefined without TLS. */
  readonly material: ListenerMaterial | undefined;
}

/** What comes from the generation before. */
export interface Inheritance {
  readonly earlier: readonly LoadedPlugin[];
  readonly tickets: TicketKeyring;
}

export class Generation {
  readonly config: Config;
  readonly services: ConnectionServices;
  /** Takes lessons for the plugins of this chain. */
  readonly training: TrainingDesk;
  /** By the name of the listener. */
  readonly listeners: ReadonlyMap<string, PreparedListener>;
  readonly #users: UseCount;

  private constructor(
    config: Config,
    services: ConnectionServices,
    training: TrainingDesk,
    listeners: ReadonlyMap<string, PreparedListener>,
    users: UseCount,
  ) {
    this.config = config;
    this.services = services;
    this.training = training;
    this.listeners = listeners;
    this.#users = users;
  }

  /** All of it or, with the reason thrown, nothing. Plugins that did not change are taken over. */
  static async build(
    loaded: LoadedConfig,
    shared: SharedState,
    { earlier, tickets }: Inheritance,
  ): Promise<Generation> {
    const { config } = loaded;
    const trust = await readTrust(config, shared);
    const authority = config.listeners.some(({ mint }) => mint !== undefined)
      ? await OpenAuthority.open(config.authority, shared)
      : undefined;
    const listeners = await readListeners(config, shared, tickets, authority);
    const notice = await loadNotices(loaded);
    const checked = await checkPlugins(loaded);
    const finalSizes = remembersSizes(config) ? shared.finalSizes() : undefined;
    const uses = config.tlsReport.isEnabled ? shared.tlsUses(config.tlsReport) : undefined;
    const opened = isTrainingUsed(config.training) ? await shared.training(config) : undefined;
    // Last of all that can fail: who is set up would have to be disposed of again.
    const plugins = await setUpPlugins(checked, shared.pluginHost, earlier);
    const { clock, log, verdicts } = shared;
    const pipeline = new Pipeline(plugins, { clock, log, verdicts, spam: config.spam });
    const lessons = opened && deliveredLessons(config, opened, pipeline, shared);
    const users = new UseCount();
    const tlsUses = new TlsUseRecorder({
      modes: new Map(config.listeners.map(({ name, tls: mode }) => [name, mode])),
      uses,
      metrics: shared.tlsMetrics,
    });
    const {
      quarantine,
      letters,
      metrics,
      loginMetrics,
      knownCapabilities,
      hostHealth,
      earlyTurns,
    } = shared;
    const { troubles, logins } = shared.surroundings;
    const { loginTurns } = shared;
    const services: ConnectionServices = {
      pipeline,
      quarantine,
      letters,
      metrics,
      loginMetrics,
      tlsUses,
      logins,
      loginTurns,
      loginLimits: config.logins,
      troubles,
      knownCapabilities,
      hostHealth,
      srvRecords: shared.srvRecords,
      earlyTurns,
      clock,
      log,
      limits: config.limits,
      routes: new Routes(config.routes),
      digest: config.digest,
      notice,
      training: lessons,
      writeDigest: digestWriter(config, shared.clock, lessons),
      policyOf: routePolicies(config, clock),
      trustOf: (target) => trust.of(target),
      sizes: announcedSizes(config, pipeline, finalSizes, lessons),
      spool: {
        memoryBytes: config.limits.memoryPerMessageBytes,
        budget: shared.budget,
        folder: config.spool.folder ?? tmpdir(),
        maxBytes: config.limits.maxMessageBytes,
      },
      use: () => users.take(),
    };
    const training = new TrainingDesk(pipeline, services.spool);
    return new Generation(config, services, training, listeners, users);
  }

  /** Of its listeners with TLS, by their names. */
  get materials(): ReadonlyMap<string, ListenerMaterial> {
    const materials = new Map<string, ListenerMaterial>();
    for (const [name, { material }] of this.listeners) {
      if (material !== undefined) materials.set(name, material);
    }
    return materials;
  }

  /** Ends it once the last session that began with it is over. */
  async retire(): Promise<void> {
    await this.#users.idle();
    await this.dispose();
  }

  async dispose(): Promise<void> {
    await this.services.pipeline[Symbol.asyncDispose]();
  }
}

/** Without plugins that change anything, the sizes of the server are true. */
function remembersSizes({ plugins, sizes }: Config): boolean {
  return sizes.headerBudgetOctets > 0 && plugins.some(({ isShadow }) => !isShadow);
}

function announcedSizes(
  config: Config,
  pipeline: Pipeline,
  store: FinalSizes | undefined,
  lessons: DeliveredLessons | undefined,
): AnnouncedSizes {
  const { headerBudgetOctets } = config.sizes;
  const marks = lessons?.marksMessages === true && !pipeline.isIdle ? lessons.fingerprint : '';
  return new AnnouncedSizes({
    store,
    headerBudgetOctets: pipeline.editsHeaders || marks !== '' ? headerBudgetOctets : 0,
    policy: pipeline.fingerprint + marks,
  });
}

function deliveredLessons(
  { training: config }: Config,
  opened: OpenTraining,
  pipeline: Pipeline,
  { clock, log, trainingMetrics: metrics }: SharedState,
): DeliveredLessons {
  const links = linksOf(config, opened, clock);
  const hasPupils = (): boolean => pipeline.isTeachable || pipeline.heedsSenders;
  return new DeliveredLessons({ config, store: opened.store, links, hasPupils, metrics, log });
}

function digestWriter(
  { notice, digest }: Config,
  clock: Clock,
  lessons: DeliveredLessons | undefined,
): DigestWriter {
  return ({ user }, entries) => {
    const hints = { user, sessionLanguage: undefined, contentLanguage: undefined };
    return renderDigest({
      letterId: newId(),
      entries,
      releaseUrlOf: (entry) => lessons?.releaseUrl(entry, entry.findings),
      language: noticeLanguage(notice, hints),
      contact: notice.contact,
      sender: digest.sender,
      user,
      nowMs: clock.nowMs(),
    });
  };
}

async function readListeners(
  config: Config,
  { log, clock, surroundings }: SharedState,
  tickets: TicketKeyring,
  authority: OpenAuthority | undefined,
): Promise<Map<string, PreparedListener>> {
  const listeners = new Map<string, PreparedListener>();
  const ticketKeys = tickets.present(config);
  const selfSigned = surroundings.tls?.selfSigned;
  for (const listener of config.listeners) {
    const material = await loadListenerMaterial(listener, { ticketKeys, selfSigned, authority });
    const facts: ListenerFacts = {
      config: listener,
      tls: material?.tls,
      doors: new ListenerDoors(listener),
      interception: await openInterception(listener, clock),
      loadBalancers:
        listener.proxyProtocol && new LoadBalancers(listener.proxyProtocol, listener.maxSessions),
    };
    listeners.set(listener.name, { facts, material });
    if (material !== undefined && material.files === undefined) {
      log.warn({ listener: listener.name }, 'self-signed certificate: for development only');
    }
  }
  return listeners;
}

function readTrust({ routes }: Config, { log }: SharedState): Promise<UpstreamTrusts> {
  for (const { name, upstream } of routes) {
    if (upstream.tls !== 'none' && upstream.verify === 'none') {
      log.warn({ route: name }, 'certificates of the upstream are not verified: for tests only');
    }
  }
  return UpstreamTrusts.load(routes.map(({ upstream }) => upstream));
}

function routePolicies({ routes }: Config, clock: Clock): (route: RouteConfig) => TargetPolicy {
  const own = new OwnAddresses(clock);
  const isOwn = (address: string): boolean => own.has(address);
  const policies = new Map(routes.map((route) => [route, new TargetPolicy(route.targets, isOwn)]));
  return (route) => {
    const policy = policies.get(route);
    if (policy === undefined) throw new Error(`route ${route.name} is of another generation`);
    return policy;
  };
}
