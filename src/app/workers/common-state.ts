// Owns what all workers have in common and no one of them could keep: places for sessions, failed logins,
// central parts of plugins, troubles, keys, and what those have counted that are no more.
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Config } from '../../config/schema.ts';
import type { InheritedSockets } from '../../proxy/open-socket.ts';
import { type KeptValuesFile, openKeptValues } from '../../stores/kept-values.ts';
import { openPluginDatabase } from '../../stores/plugin-database.ts';
import { CoreMetrics } from '../../telemetry/core-metrics.ts';
import { MergedMetrics } from '../../telemetry/merged-metrics.ts';
import { createMetrics, type MetricsRegistry } from '../../telemetry/metrics.ts';
import { TrainingMetrics } from '../../telemetry/training-metrics.ts';
import { WorkerMetrics } from '../../telemetry/worker-metrics.ts';
import { createListenerSelfSigned } from '../../tls/material.ts';
import type { PemPair } from '../../tls/self-signed.ts';
import { randomTicketKeys } from '../../tls/ticket-keys.ts';
import { CentralDesk } from './central-desk.ts';
import { CommonLogins } from './common-logins.ts';
import { KnownTroubles } from './known-troubles.ts';
import { PlacePool } from './place-pool.ts';

export interface CommonServices {
  readonly log: Logger;
  /** By the descriptors of a worker. */
  readonly sockets: InheritedSockets;
}

export class CommonState {
  /** How many serve; one of them may be about to be started again. */
  readonly size: number;
  readonly places: PlacePool;
  readonly logins: CommonLogins;
  readonly desk: CentralDesk;
  readonly troubles = new KnownTroubles(systemClock);
  readonly counts = new MergedMetrics();
  readonly metrics: CoreMetrics;
  readonly workers: WorkerMetrics;
  readonly trainingMetrics: TrainingMetrics;
  readonly selfSigned: PemPair;
  readonly sockets: InheritedSockets;
  readonly #registry: MetricsRegistry;
  readonly #stateFolder: string;
  #ticketKeys = randomTicketKeys();
  #keptValues: KeptValuesFile | undefined;

  private constructor(
    config: Config,
    size: number,
    { log, sockets }: CommonServices,
    selfSigned: PemPair,
  ) {
    this.size = size;
    this.sockets = sockets;
    this.selfSigned = selfSigned;
    this.places = new PlacePool(size, systemClock);
    this.logins = new CommonLogins(config.logins, { clock: systemClock, log });
    this.#registry = createMetrics({ processMetrics: 'on' });
    this.metrics = new CoreMetrics(this.#registry.core);
    this.workers = new WorkerMetrics(this.#registry.core);
    this.trainingMetrics = new TrainingMetrics(this.#registry.core);
    this.#stateFolder = config.state.folder;
    this.desk = new CentralDesk({
      log,
      clock: systemClock,
      metricsFor: (plugin) => this.#registry.forPlugin(plugin),
      releaseMetrics: (metrics) => this.#registry.release(metrics),
      storeFor: (plugin) => {
        this.#keptValues ??= openKeptValues(join(this.#stateFolder, 'plugins.db'), systemClock);
        return this.#keptValues.of(plugin);
      },
      databaseFor: (plugin, form) => openPluginDatabase(this.#stateFolder, plugin, form),
    });
  }

  static async open(config: Config, size: number, services: CommonServices): Promise<CommonState> {
    return new CommonState(config, size, services, await createListenerSelfSigned());
  }

  /** In base64. */
  get ticketKeys(): string {
    return this.#ticketKeys.toString('base64');
  }

  /**
   * The new ones. Tickets of before are worth nothing from here on: who comes with one makes a full
   * handshake.
   */
  rotateTicketKeys(): string {
    this.#ticketKeys = randomTicketKeys();
    return this.ticketKeys;
  }

  get metricsType(): string {
    return this.counts.contentType;
  }

  /** Of this process and all others, as far as they have been asked. */
  async metricsPage(): Promise<string> {
    this.counts.keep(this, await this.#registry.snapshot());
    return this.counts.text();
  }

  async close(): Promise<void> {
    await this.desk.dispose();
    this.#keptValues?.close();
  }
}
