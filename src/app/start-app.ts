// Owns the life of the proxy: start, change of the configuration, end. It knows every room and does none
// of their work.
import { type RunningMetricsServer, startMetricsServer } from '../admin/metrics-server.ts';
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { keysForRestart } from '../config/restart-keys.ts';
import { drain } from '../proxy/drain.ts';
import type { ListenerAddress } from '../proxy/listener.ts';
import { Generation } from './generation.ts';
import { OpenListeners } from './open-listeners.ts';
import { SharedState } from './shared-state.ts';

export interface AppServices {
  readonly log: Logger;
}

export interface RunningApp {
  readonly listeners: readonly ListenerAddress[];
  /** Of the page of metrics; undefined when there is none. */
  readonly metricsPort: number | undefined;
  /**
   * Takes up another configuration. Running sessions end with the one they began with. Rejects, with
   * nothing changed, when it cannot be taken up.
   */
  reload(loaded: LoadedConfig): Promise<void>;
  /** Lets running commands finish, then ends everything, once. */
  stop(): Promise<void>;
}

/** A change under way is given up by itself; only opening sockets is worth waiting for. */
const changeMs = 1000;

/** Starts everything the configuration asks for, or nothing. */
export async function startApp(loaded: LoadedConfig, { log }: AppServices): Promise<RunningApp> {
  const shared = await SharedState.open(loaded.config, log);
  try {
    const app = new App(shared, await Generation.build(loaded, shared, []));
    await app.start();
    return app;
  } catch (error) {
    shared.close();
    throw error;
  }
}

class App implements RunningApp {
  readonly #shared: SharedState;
  readonly #listeners: OpenListeners;
  /** Replaced generations whose sessions are not over. */
  readonly #retiring = new Set<Promise<void>>();
  #generation: Generation;
  #metricsServer: RunningMetricsServer | undefined;
  /** Changes of the configuration, one after another. */
  #changes: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(shared: SharedState, generation: Generation) {
    this.#shared = shared;
    this.#generation = generation;
    this.#listeners = new OpenListeners(shared.sessions);
  }

  async start(): Promise<void> {
    const { metrics } = this.#generation.config;
    try {
      if (metrics !== undefined) {
        this.#metricsServer = await startMetricsServer(metrics, {
          registry: this.#shared.registry,
          isHealthy: () => !this.#isStopping(),
          log: this.#shared.log,
        });
      }
      await this.#listeners.follow(this.#generation);
    } catch (error) {
      await this.#metricsServer?.stop();
      await this.#generation.dispose();
      throw error;
    }
  }

  get listeners(): readonly ListenerAddress[] {
    return this.#listeners.addresses;
  }

  get metricsPort(): number | undefined {
    return this.#metricsServer?.port;
  }

  reload(loaded: LoadedConfig): Promise<void> {
    const { metrics } = this.#shared;
    const change = this.#changes
      .then(() => this.#change(loaded))
      .then(
        () => metrics.reloadEnded('taken'),
        (error: unknown) => {
          metrics.reloadEnded('refused');
          throw error;
        },
      );
    this.#changes = change.catch(() => {});
    return change;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  async #stop(): Promise<void> {
    const { clock, log } = this.#shared;
    // A plugin that is never set up must not hold up the end.
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(changeMs, resolve);
    await Promise.race([this.#changes, waited]);
    timer.cancel();
    await drain(this.#listeners.all, clock, log);
    await this.#generation.dispose();
    // Their sessions have been ended above; one that hangs must not hold up the end.
    if (this.#retiring.size > 0) log.debug({ left: this.#retiring.size }, 'generations left');
    await this.#metricsServer?.stop();
    this.#shared.close();
  }

  async #change(loaded: LoadedConfig): Promise<void> {
    if (this.#isStopping()) return;
    const { log, sessions } = this.#shared;
    const running = this.#generation;
    const { plugins: earlier } = running.services.pipeline;
    const next = await Generation.build(loaded, this.#shared, earlier);
    if (this.#isStopping()) return next.dispose();
    try {
      await this.#listeners.follow(next);
    } catch (error) {
      await next.dispose();
      throw error;
    }
    this.#generation = next;
    sessions.setLimits(loaded.config.limits);
    const keys = keysForRestart(running.config, loaded.config);
    if (keys.length > 0) log.warn({ keys }, 'these settings take effect only at the next start');
    const retired = running
      .retire()
      .catch((error: unknown) => log.error({ reason: explain(error) }, 'plugins not disposed'))
      .then(() => {
        this.#retiring.delete(retired);
      });
    this.#retiring.add(retired);
  }
}
