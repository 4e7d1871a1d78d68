// Owns the processes that serve together: it starts them, starts them again, hands on what all of them have
// to know, and ends them. It never sees a connection.
import { systemClock } from '../../base/clock.ts';
import { explain } from '../../base/errors.ts';
import type { LogFields, Logger } from '../../base/log.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { keysForRestart } from '../../config/restart-keys.ts';
import { checkPlugins } from '../../pipeline/registry.ts';
import { longestDrainMs } from '../../proxy/drain.ts';
import type { ListenerAddress } from '../../proxy/listener.ts';
import type { InheritedSockets } from '../../proxy/open-socket.ts';
import type { LogOutput } from '../../telemetry/logger.ts';
import type { ContextSource } from '../../tls/server-tls.ts';
import { ticketsLastSeconds } from '../../tls/ticket-keys.ts';
import { loadNotices } from '../notices.ts';
import { Pages } from '../pages.ts';
import type { RunningApp } from '../start-app.ts';
import { CommonState } from './common-state.ts';
import { CommonTraining } from './common-training.ts';
import { pageCertificates } from './page-certificates.ts';
import { RestartDelay } from './restart-delay.ts';
import { ServingWorker } from './serving-worker.ts';
import { silentMs, Watchdog } from './watchdog.ts';
import { WorkerFailure } from './worker-failure.ts';
import { setUpWorkers } from './worker-process.ts';

export interface SupervisorServices {
  readonly log: Logger;
  /** Where the lines of the workers go. */
  readonly output: LogOutput;
  readonly sockets: InheritedSockets;
}

/** What a worker has, besides its sessions, for its end. */
const stopMs = 10_000;

const longestOutageMs = 1000;

/** Starts the workers that the configuration asks for, or nothing. */
export async function startSupervisor(
  loaded: LoadedConfig,
  workers: number,
  services: SupervisorServices,
): Promise<RunningApp> {
  const sockets = setUpWorkers(services.sockets);
  const state = await CommonState.open(loaded.config, workers, { ...services, sockets });
  const supervisor = new Supervisor(loaded, workers, state, services);
  try {
    await supervisor.start();
    return supervisor;
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

class Supervisor implements RunningApp {
  readonly #log: Logger;
  readonly #output: LogOutput;
  readonly #state: CommonState;
  readonly #delays: ReadonlyMap<number, RestartDelay>;
  /** All processes that there are. */
  readonly #workers = new Set<ServingWorker>();
  #loaded: LoadedConfig;
  #listeners: readonly ListenerAddress[] = [];
  #pages: Pages | undefined;
  #training: CommonTraining | undefined;
  #certificates: ReadonlyMap<string, ContextSource> = new Map();
  /** Starts and changes of the configuration, one after another: no worker misses a change. */
  #turns: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  // Not of the clock: while no worker is there, this timer alone keeps the process going.
  readonly #rotation: NodeJS.Timeout;

  constructor(
    loaded: LoadedConfig,
    workers: number,
    state: CommonState,
    { log, output }: SupervisorServices,
  ) {
    this.#loaded = loaded;
    this.#state = state;
    this.#log = log;
    this.#output = output;
    const numbers = Array.from({ length: workers }, (_, index) => index + 1);
    this.#delays = new Map(numbers.map((number) => [number, new RestartDelay()]));
    this.#rotation = setInterval(() => this.#rotateTicketKeys(), ticketsLastSeconds * 1000);
    process.once('exit', this.#killAll);
  }

  async start(): Promise<void> {
    const { config } = this.#loaded;
    const plugins = await checkPlugins(this.#loaded);
    await loadNotices(this.#loaded);
    const change = await this.#state.desk.prepare(plugins);
    change.commit();
    this.#certificates = await pageCertificates(config, this.#state.selfSigned, this.#log);
    this.#pages = await Pages.open(config, {
      metrics: {
        registry: { contentType: this.#state.metricsType, text: () => this.#metricsPage() },
        isHealthy: () => this.isServing,
      },
      config: () => this.#loaded.config,
      certificates: (listener) => this.#certificates.get(listener),
      training: () => this.#openTraining(),
      log: this.#log,
    });
    // What keeps one from starting keeps all, and should be said once.
    const [first, ...others] = [...this.#delays.keys()];
    await this.#startWorker(first ?? 1);
    await Promise.all(others.map((number) => this.#startWorker(number)));
  }

  get isServing(): boolean {
    return this.#stopped === undefined && this.#ready.length > 0;
  }

  get listeners(): readonly ListenerAddress[] {
    return this.#listeners;
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

  reload(loaded: LoadedConfig): Promise<void> {
    const { metrics } = this.#state;
    return this.#inTurn(() => this.#change(loaded)).then(
      () => metrics.reloadEnded('taken'),
      (error: unknown) => {
        metrics.reloadEnded('refused');
        throw error;
      },
    );
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #openTraining() {
    this.#training ??= await CommonTraining.open({
      config: () => this.#loaded.config,
      givers: () => this.#ready,
      metrics: this.#state.trainingMetrics,
    });
    return this.#training.pageServices;
  }

  get #ready(): readonly ServingWorker[] {
    return [...this.#workers].filter(({ isReady }) => isReady);
  }

  async #stop(): Promise<void> {
    clearInterval(this.#rotation);
    const workers = [...this.#workers];
    const { shutdown } = this.#loaded.config;
    const timer = setTimeout(this.#killAll, longestDrainMs(shutdown) + stopMs);
    await Promise.all(workers.map((worker) => worker.stop()));
    clearTimeout(timer);
    process.off('exit', this.#killAll);
    await this.#pages?.stop();
    this.#training?.close();
    await this.#state.close();
  }

  readonly #killAll = (): void => {
    for (const worker of this.#workers) worker.kill();
  };

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turns.then(() => (this.#stopped === undefined ? work() : undefined));
    this.#turns = done.catch(() => {});
    return done;
  }

  /** Resolves when it serves. Throws WORKER_FAILED. */
  async #startWorker(number: number): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    const worker = this.#makeWorker(number);
    const facts = { worker: number, pid: worker.pid };
    const watchdog = new Watchdog(
      {
        ask: () => worker.ping(),
        giveUp: () => {
          this.#log.error({ ...facts, silentMs }, 'a worker does not answer and is killed');
          worker.kill();
        },
      },
      systemClock,
    );
    void worker.exited.then((exit) => {
      watchdog.stop();
      this.#workers.delete(worker);
      this.#state.workers.serving(this.#ready.length);
      if (this.#stopped !== undefined) return;
      const livedMs = Math.round(systemClock.monotonicMs() - startedMs);
      this.#startAgain(number, livedMs, { ...facts, ...exit });
    });
    const { file, text } = this.#loaded;
    this.#listeners = await worker.start({ file, text });
    this.#state.workers.serving(this.#ready.length);
    this.#log.info(facts, 'a worker serves');
  }

  #makeWorker(number: number): ServingWorker {
    try {
      const worker = new ServingWorker(number, this.#state, this.#output);
      this.#workers.add(worker);
      return worker;
    } catch (error) {
      // No memory for a process; there may be some later.
      this.#startAgain(number, 0, { worker: number, reason: explain(error) });
      throw error;
    }
  }

  #startAgain(number: number, livedMs: number, facts: LogFields): void {
    const delayMs = this.#delays.get(number)?.nextMs(livedMs) ?? 0;
    // Without any worker the ports are closed.
    const afterMs = this.#ready.length > 0 ? delayMs : Math.min(delayMs, longestOutageMs);
    this.#log.error({ ...facts, livedMs, afterMs }, 'a worker has ended and is started again');
    systemClock.after(afterMs, () => void this.#inTurn(() => this.#restart(number)));
  }

  async #restart(number: number): Promise<void> {
    this.#state.workers.restarted();
    try {
      await this.#startWorker(number);
    } catch (error) {
      if (this.#stopped !== undefined) return;
      const problems = error instanceof WorkerFailure ? error.ending.lines : [String(error)];
      this.#log.error({ worker: number, problems }, 'a worker cannot start');
    }
  }

  /** All of them take it up, or none. */
  async #change(loaded: LoadedConfig): Promise<void> {
    const plugins = await checkPlugins(loaded);
    await loadNotices(loaded);
    const certificates = await pageCertificates(loaded.config, this.#state.selfSigned, this.#log);
    const parts = await this.#state.desk.prepare(plugins);
    const workers = this.#ready;
    const attempts = await Promise.allSettled(workers.map((worker) => worker.prepare(loaded.text)));
    const failure = attempts
      .map((attempt) => (attempt.status === 'rejected' ? (attempt.reason as unknown) : undefined))
      .find((reason) => reason instanceof WorkerFailure);
    if (failure !== undefined || this.#stopped !== undefined) {
      await Promise.all(workers.map((worker) => worker.abort()));
      await parts.abort();
      throw failure ?? new Error('stopping');
    }
    // One that has ended meanwhile is started again with what is remembered here.
    const keys = keysForRestart(this.#loaded.config, loaded.config);
    if (keys.length > 0) {
      this.#log.warn({ keys }, 'these settings take effect only at the next start');
    }
    this.#loaded = loaded;
    this.#state.logins.setLimits(loaded.config.logins);
    this.#certificates = certificates;
    const bound = await Promise.all(workers.map((worker) => worker.commit()));
    this.#listeners = bound.find((listeners) => listeners !== undefined) ?? this.#listeners;
    parts.commit();
  }

  #rotateTicketKeys(): void {
    const keys = this.#state.rotateTicketKeys();
    for (const worker of this.#workers) worker.useTicketKeys(keys);
  }

  async #metricsPage(): Promise<string> {
    await Promise.all(this.#ready.map((worker) => worker.count()));
    return this.#state.metricsPage();
  }
}
