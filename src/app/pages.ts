// Owns the HTTP servers of a process: metrics for whoever watches it, settings for mail programs. They are
// opened at the start, and stay where they are when the configuration changes.
import { startAutoconfigServer } from '../admin/autoconfig/autoconfig-server.ts';
import { settingsByDomain } from '../admin/autoconfig/domain-settings.ts';
import type { RunningHttpServer } from '../admin/http-server.ts';
import { type MetricsServices, startMetricsServer } from '../admin/metrics-server.ts';
import type { Logger } from '../base/log.ts';
import type { Config } from '../config/schema.ts';
import type { ContextSource } from '../tls/server-tls.ts';

export interface PagesServices {
  readonly metrics: Omit<MetricsServices, 'log'>;
  /** The configuration that is in force. */
  config(): Config;
  /** Certificates of the listener that this configuration names for the pages. */
  certificates(): ContextSource | undefined;
  readonly log: Logger;
}

export class Pages {
  readonly #metrics: RunningHttpServer | undefined;
  readonly #autoconfig: RunningHttpServer | undefined;

  private constructor(
    metrics: RunningHttpServer | undefined,
    autoconfig: RunningHttpServer | undefined,
  ) {
    this.#metrics = metrics;
    this.#autoconfig = autoconfig;
  }

  /** All that the configuration asks for, or nothing. */
  static async open({ metrics, autoconfig }: Config, services: PagesServices): Promise<Pages> {
    const { log } = services;
    const watched = metrics && (await startMetricsServer(metrics, { ...services.metrics, log }));
    try {
      const told =
        autoconfig &&
        (await startAutoconfigServer(autoconfig, {
          settings: () => settingsByDomain(services.config()),
          tls: autoconfig.certificateOf === undefined ? undefined : certificatesOf(services),
          log,
        }));
      return new Pages(watched, told);
    } catch (error) {
      await watched?.stop();
      throw error;
    }
  }

  get metricsPort(): number | undefined {
    return this.#metrics?.port;
  }

  get autoconfigPort(): number | undefined {
    return this.#autoconfig?.port;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#metrics?.stop(), this.#autoconfig?.stop()]);
  }
}

/** Asked for each handshake, so that a renewed certificate is shown at once. */
function certificatesOf({ certificates }: PagesServices): ContextSource {
  return {
    contextFor(serverName) {
      const source = certificates();
      if (source === undefined)
        throw new Error('no certificate is configured for the pages any more');
      return source.contextFor(serverName);
    },
  };
}
