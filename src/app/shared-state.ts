// Owns what outlives a change of the configuration: stores, caches, counters. Opened once, at the start.
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { Turns } from '../base/turns.ts';
import type { Config } from '../config/schema.ts';
import { MemoryBudget } from '../pipeline/memory-budget.ts';
import type { PluginHost } from '../pipeline/registry.ts';
import type { Verdict } from '../plugin-api/verdict.ts';
import { LoginTurns } from '../proxy/logins/login-turns.ts';
import { HostHealth } from '../routing/host-health.ts';
import { SrvRecords } from '../routing/lookups/srv-records.ts';
import { openFinalSizes } from '../stores/final-sizes.ts';
import { GatheredTlsUses } from '../stores/gathered-tls-uses.ts';
import { type KeptValuesFile, openKeptValues } from '../stores/kept-values.ts';
import { createMemoryCache } from '../stores/memory.ts';
import { openQuarantine } from '../stores/open-quarantine.ts';
import { openPluginDatabase } from '../stores/plugin-database.ts';
import type { Cache, FinalSizes, LetterBox, Quarantine } from '../stores/store.ts';
import { openTlsUses, type TlsUseLimits, tlsUsesFile } from '../stores/tls-uses.ts';
import { CoreMetrics } from '../telemetry/core-metrics.ts';
import { LoginMetrics } from '../telemetry/login-metrics.ts';
import { createMetrics, type MetricsRegistry } from '../telemetry/metrics.ts';
import { TlsMetrics } from '../telemetry/tls-metrics.ts';
import { TrainingMetrics } from '../telemetry/training-metrics.ts';
import { KnownUpstreams } from '../upstream/known-upstreams.ts';
import type { Surroundings } from './surroundings.ts';
import { limitsOf, type OpenTraining, openTraining } from './training.ts';

/**
 * Of all processes together: enough to keep a scanner busy. A message that a client waits for needs no
 * turn.
 */
const earlyJudgements = 8;

const retentionEveryMs = 3_600_000;

export class SharedState {
  readonly clock: Clock = systemClock;
  readonly log: Logger;
  readonly quarantine: Quarantine;
  readonly letters: LetterBox;
  readonly registry: MetricsRegistry;
  readonly metrics: CoreMetrics;
  readonly loginMetrics: LoginMetrics;
  readonly tlsMetrics: TlsMetrics;
  readonly trainingMetrics: TrainingMetrics;
  readonly verdicts: Cache<Verdict>;
  readonly budget: MemoryBudget;
  readonly earlyTurns: Turns;
  readonly surroundings: Surroundings;
  readonly loginTurns = new LoginTurns(this.clock);
  /** By what the upstream is and how it is reached: two configurations may name the same one. */
  readonly knownCapabilities = new KnownUpstreams(this.clock);
  readonly srvRecords = new SrvRecords(this.clock);
  /** Of this process: each finds out for itself. */
  readonly hostHealth = new HostHealth();
  readonly #stateFolder: string;
  #finalSizes: FinalSizes | undefined;
  #keptValues: KeptValuesFile | undefined;
  #tlsUses: GatheredTlsUses | undefined;
  #training: Promise<OpenTraining> | undefined;
  #retention: { cancel(): void } | undefined;

  private constructor(
    config: Config,
    log: Logger,
    surroundings: Surroundings,
    stores: { readonly quarantine: Quarantine; readonly letters: LetterBox },
  ) {
    this.log = log;
    this.quarantine = stores.quarantine;
    this.letters = stores.letters;
    this.registry = createMetrics({ processMetrics: 'on' });
    this.metrics = new CoreMetrics(this.registry.core);
    this.loginMetrics = new LoginMetrics(this.registry.core);
    this.tlsMetrics = new TlsMetrics(this.registry.core);
    this.trainingMetrics = new TrainingMetrics(this.registry.core);
    this.verdicts = createMemoryCache<Verdict>(config.verdictCache);
    const { memoryTotalBytes } = config.limits;
    this.budget = new MemoryBudget(Math.floor(memoryTotalBytes / surroundings.processes));
    this.earlyTurns = new Turns(Math.max(1, Math.floor(earlyJudgements / surroundings.processes)));
    this.surroundings = surroundings;
    surroundings.places.setLimits(config.limits);
    this.#stateFolder = config.state.folder;
  }

  static async open(config: Config, log: Logger, surroundings: Surroundings): Promise<SharedState> {
    const stores = await openQuarantine(config.quarantine, { clock: systemClock });
    const state = new SharedState(config, log, surroundings, stores);
    if (surroundings.chores === 'here') await state.#applyRetention();
    return state;
  }

  /** Opened when it is first needed: without plugins there is nothing to remember. */
  finalSizes(): FinalSizes {
    this.#finalSizes ??= openFinalSizes(join(this.#stateFolder, 'sizes.db'), this.clock);
    return this.#finalSizes;
  }

  /** Opened when it is first asked for. */
  tlsUses(limits: TlsUseLimits): GatheredTlsUses {
    this.#tlsUses ??= new GatheredTlsUses(
      openTlsUses(join(this.#stateFolder, tlsUsesFile), this.clock),
      limits,
      this,
    );
    this.#tlsUses.setLimits(limits);
    return this.#tlsUses;
  }

  /** Opened when it is first asked for. */
  async training(config: Config): Promise<OpenTraining> {
    // A key that was put right is taken at the next change of the configuration.
    this.#training ??= openTraining(config, this.clock).catch((error: unknown) => {
      this.#training = undefined;
      throw error;
    });
    const opened = await this.#training;
    opened.store.setLimits(limitsOf(config.training));
    return opened;
  }

  /** What plugins are given at set-up. */
  get pluginHost(): PluginHost {
    return {
      log: this.log,
      clock: this.clock,
      metricsFor: (plugin) => this.registry.forPlugin(plugin),
      releaseMetrics: (metrics) => this.registry.release(metrics),
      storeFor: (plugin) => {
        this.#keptValues ??= openKeptValues(join(this.#stateFolder, 'plugins.db'), this.clock);
        return this.#keptValues.of(plugin);
      },
      databaseFor: (plugin, form) => openPluginDatabase(this.#stateFolder, plugin, form),
      centralParts: this.surroundings.centralParts,
    };
  }

  close(): void {
    this.#retention?.cancel();
    this.#keptValues?.close();
    this.#finalSizes?.close();
    this.#tlsUses?.close();
    void this.#training?.then(({ store }) => store.close()).catch(() => {});
    this.quarantine.close();
  }

  async #applyRetention(): Promise<void> {
    try {
      const expired = await this.quarantine.expire();
      if (expired > 0) this.metrics.quarantineExpired(expired);
      if (expired > 0) this.log.info({ expired }, 'originals left quarantine by age or size');
    } catch (error) {
      this.log.error({ reason: explain(error) }, 'the retention of quarantine failed');
    }
    this.#retention = this.clock.after(retentionEveryMs, () => void this.#applyRetention());
  }
}
