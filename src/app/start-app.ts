// Owns the life of the proxy: start, change of the configuration, end. It knows every room and does none
// of their work.
import { explain } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { LoadedConfig } from '../config/load.ts';
import { keysForRestart } from '../config/restart-keys.ts';
import { drain } from '../proxy/drain.ts';
import type { ListenerAddress } from '../proxy/listener.ts';
import type { MetricsSnapshot } from '../telemetry/metrics.ts';
import type { TicketKeys } from '../tls/ticket-keys.ts';
import type { GivenLesson } from '../training/lesson-round.ts';
import { Generation } from './generation.ts';
import { Lessons } from './lessons.ts';
import { OpenListeners } from './open-listeners.ts';
import { Pages } from './pages.ts';
import { SharedState } from './shared-state.ts';
import { alone, type Surroundings } from './surroundings.ts';
import { TicketKeyring } from './ticket-keyring.ts';
import { TlsUpkeep } from './tls-upkeep.ts';

export interface AppServices {
  readonly log: Logger;
  /** By default the process is all its own. */
  readonly surroundings?: Surroundings;
}

/** Another configuration, with everything it needs. One of the two is called. */
export interface PreparedChange {
  commit(): void;
  abort(): Promise<void>;
}

/** What is asked of a proxy that shares its work with others. */
export interface AppPart extends RunningApp {
  /**
   * The first half of `reload`: gets everything ready, so that the second one cannot fail. No other
   * change may begin before its end.
   */
  prepare(loaded: LoadedConfig): Promise<PreparedChange>;
  /** For connections to come. */
  useTicketKeys(keys: TicketKeys): void;
  /** A lesson that somebody has written down; undefined when another process is at it. */
  giveLesson(lesson: number): Promise<GivenLesson | undefined>;
  /** What was counted. */
  metrics(): Promise<MetricsSnapshot>;
}

export interface RunningApp {
  /** Somebody is there for new sessions. */
  readonly isServing: boolean;
  readonly listeners: readonly ListenerAddress[];
  /** Of the page of metrics; undefined when there is none. */
  readonly metricsPort: number | undefined;
  /** Of the pages for mail programs; undefined when there are none. */
  readonly autoconfigPort: number | undefined;
  /** Of the pages on which readers teach; undefined when there are none. */
  readonly trainingPort: number | undefined;
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
export async function startApp(
  loaded: LoadedConfig,
  { log, surroundings = alone(loaded.config, log) }: AppServices,
): Promise<AppPart> {
  const shared = await SharedState.open(loaded.config, log, surroundings);
  try {
    const tickets = new TicketKeyring(shared.clock, surroundings.tls?.ticketKeys);
    const generation = await Generation.build(loaded, shared, { earlier: [], tickets });
    const app = new App(shared, generation, tickets);
    await app.start();
    return app;
  } catch (error) {
    shared.close();
    throw error;
  }
}

class App implements AppPart {
  readonly #shared: SharedState;
  readonly #listeners: OpenListeners;
  /** Replaced generations whose sessions are not over. */
  readonly #retiring = new Set<Promise<void>>();
  #generation: Generation;
  readonly #tickets: TicketKeyring;
  readonly #tlsUpkeep: TlsUpkeep;
  readonly #lessons: Lessons;
  #pages: Pages | undefined;
  /** Changes of the configuration, one after another. */
  #changes: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(shared: SharedState, generation: Generation, tickets: TicketKeyring) {
    this.#shared = shared;
    this.#generation = generation;
    this.#tickets = tickets;
    this.#tlsUpkeep = new TlsUpkeep({
      clock: shared.clock,
      log: shared.log,
      metrics: shared.metrics,
      chores: shared.surroundings.chores,
      materials: () => this.#generation.materials,
      ticketKeys: () => tickets.present(this.#generation.config),
    });
    this.#listeners = new OpenListeners(shared.surroundings);
    this.#lessons = new Lessons(shared, () => this.#generation);
  }

  async start(): Promise<void> {
    try {
      if (this.#shared.surroundings.pages === 'here') this.#pages = await this.#openPages();
      (await this.#listeners.prepare(this.#generation)).commit();
      this.#warnOfUnusedSockets();
      void this.#tlsUpkeep.run();
      void this.#lessons.run();
    } catch (error) {
      await this.#pages?.stop();
      await this.#generation.dispose();
      throw error;
    }
  }

  #warnOfUnusedSockets(): void {
    const { unusedSockets } = this.#listeners;
    const { log, surroundings } = this.#shared;
    if (unusedSockets.length > 0 && surroundings.chores === 'here') {
      log.warn({ sockets: unusedSockets }, 'no listener uses these sockets: their clients wait');
    }
  }

  #openPages(): Promise<Pages> {
    const { registry, log } = this.#shared;
    return Pages.open(this.#generation.config, {
      metrics: { registry, isHealthy: () => this.isServing },
      config: () => this.#generation.config,
      certificates: (listener) => this.#generation.listeners.get(listener)?.material?.tls,
      training: () => this.#lessons.pageServices(),
      log,
    });
  }

  get isServing(): boolean {
    return !this.#isStopping();
  }

  get listeners(): readonly ListenerAddress[] {
    return this.#listeners.addresses;
  }

  get metricsPort(): number | undefined {
    return this.#pages?.metricsPort;
  }

  get autoconfigPort(): number | undefined {
    return this.#pages?.autoconfigPort;
  }

  get trainingPort(): number | undefined {
    return this.#pages?.trainingPort;
  }

  giveLesson(lesson: number): Promise<GivenLesson | undefined> {
    return this.#lessons.give(lesson);
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
    this.#tlsUpkeep.stop();
    const lessons = this.#lessons.stop();
    // A plugin that is never set up, or never learns, must not hold up the end.
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(changeMs, resolve);
    await Promise.race([Promise.all([this.#changes, lessons]), waited]);
    timer.cancel();
    await drain(this.#listeners.all, this.#generation.config.shutdown, { clock, log });
    await this.#generation.dispose();
    // Their sessions have been ended above; one that hangs must not hold up the end.
    if (this.#retiring.size > 0) log.debug({ left: this.#retiring.size }, 'generations left');
    await this.#pages?.stop();
    this.#shared.close();
  }

  async #change(loaded: LoadedConfig): Promise<void> {
    if (this.#isStopping()) return;
    const change = await this.prepare(loaded);
    if (this.#isStopping()) await change.abort();
    else change.commit();
  }

  async prepare(loaded: LoadedConfig): Promise<PreparedChange> {
    const { plugins: earlier } = this.#generation.services.pipeline;
    const next = await Generation.build(loaded, this.#shared, { earlier, tickets: this.#tickets });
    try {
      const listeners = await this.#listeners.prepare(next);
      return {
        commit: () => {
          listeners.commit();
          this.#replaceBy(next);
        },
        abort: () => {
          listeners.abort();
          return next.dispose();
        },
      };
    } catch (error) {
      await next.dispose();
      throw error;
    }
  }

  useTicketKeys(keys: TicketKeys): void {
    this.#tickets.hear(keys);
    this.#lookAtTls();
  }

  metrics(): Promise<MetricsSnapshot> {
    return this.#shared.registry.snapshot();
  }

  #lookAtTls(): void {
    void this.#tlsUpkeep.look().catch(() => {
      // Said when it looks the next time by itself.
    });
  }

  #replaceBy(next: Generation): void {
    const running = this.#generation;
    const { log, surroundings } = this.#shared;
    this.#generation = next;
    // Keys of tickets may have changed since the change began.
    this.#lookAtTls();
    surroundings.places.setLimits(next.config.limits);
    surroundings.logins.setLimits(next.config.logins);
    const keys = keysForRestart(running.config, next.config);
    if (keys.length > 0 && surroundings.chores === 'here')
      log.warn({ keys }, 'these settings take effect only at the next start');
    const retired = running
      .retire()
      .catch((error: unknown) => log.error({ reason: explain(error) }, 'plugins not disposed'))
      .then(() => {
        this.#retiring.delete(retired);
      });
    this.#retiring.add(retired);
  }
}
