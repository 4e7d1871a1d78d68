// Owns the HTTP servers of a process: metrics for whoever watches it, settings for mail programs, pages on
// which readers teach. They are opened at the start, and stay where they are when the configuration changes.
import { startAutoconfigServer } from '../admin/autoconfig/autoconfig-server.ts';
import { settingsByDomain } from '../admin/autoconfig/domain-settings.ts';
import type { RunningHttpServer } from '../admin/http-server.ts';
import { type MetricsServices, startMetricsServer } from '../admin/metrics-server.ts';
import {
  startTrainingServer,
  type TrainingPageServices,
} from '../admin/training/training-server.ts';
import type { Logger } from '../base/log.ts';
import type { Config } from '../config/schema.ts';
import type { ContextSource } from '../tls/server-tls.ts';

export interface PagesServices {
  readonly metrics: Omit<MetricsServices, 'log'>;
  /** The configuration that is in force. */
  config(): Config;
  /** Of a listener that the configuration names for pages. */
  certificates(listener: string): ContextSource | undefined;
  /** Asked for only where there are links. */
  training(): Promise<Omit<TrainingPageServices, 'config' | 'tls' | 'log'>>;
  readonly log: Logger;
}

export class Pages {
  readonly #running: Running;

  private constructor(running: Running) {
    this.#running = running;
  }

  /** All that the configuration asks for, or nothing. */
  static async open({ metrics, autoconfig, training }: Config, services: PagesServices) {
    const { log } = services;
    const running: Running = {};
    try {
      if (metrics !== undefined) {
        running.metrics = await startMetricsServer(metrics, { ...services.metrics, log });
      }
      if (autoconfig !== undefined) {
        running.autoconfig = await startAutoconfigServer(autoconfig, {
          settings: () => settingsByDomain(services.config()),
          tls: certificatesOf(autoconfig.certificateOf, services),
          log,
        });
      }
      if (training.links !== undefined) {
        running.training = await startTrainingServer(training.links, {
          ...(await services.training()),
          config: () => services.config().training,
          tls: certificatesOf(training.links.certificateOf, services),
          log,
        });
      }
      return new Pages(running);
    } catch (error) {
      await new Pages(running).stop();
      throw error;
    }
  }

  get metricsPort(): number | undefined {
    return this.#running.metrics?.port;
  }

  get autoconfigPort(): number | undefined {
    return this.#running.autoconfig?.port;
  }

  get trainingPort(): number | undefined {
    return this.#running.training?.port;
  }

  async stop(): Promise<void> {
    const { metrics, autoconfig, training } = this.#running;
    await Promise.all([metrics?.stop(), autoconfig?.stop(), training?.stop()]);
  }
}

interface Running {
  metrics?: RunningHttpServer;
  autoconfig?: RunningHttpServer;
  training?: RunningHttpServer;
}

/** Asked for each handshake, so that a renewed certificate is shown at once. Undefined for HTTP. */
function certificatesOf(
  listener: string | undefined,
  { certificates }: PagesServices,
): ContextSource | undefined {
  if (listener === undefined) return undefined;
  return {
    contextFor(serverName) {
      const source = certificates(listener);
      if (source === undefined)
        throw new Error('no certificate is configured for the pages any more');
      return source.contextFor(serverName);
    },
  };
}
