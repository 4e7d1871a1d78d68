// Owns the life of one worker: it serves as the supervisor says, and ends when that one is gone.
import cluster from 'node:cluster';
import type { Logger } from '../../base/log.ts';
import { type LoadedConfig, readConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { type AppPart, type PreparedChange, startApp } from '../start-app.ts';
import { Channel } from './channel.ts';
import type { Attempt, SupervisorSpeech, WorkerOrders, WorkerSpeech } from './messages.ts';
import type { Ending } from './worker-failure.ts';
import { type WorkerSurroundings, workerSurroundings } from './worker-surroundings.ts';

export interface WorkerTools {
  logFor(config: Config): Logger;
  /** What a person is told of a failure. */
  endingOf(error: unknown): Ending;
}

export function runWorker(tools: WorkerTools): void {
  // The supervisor gets the same signals, and decides.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  // Otherwise Node ends the process as soon as the supervisor is gone, with its sessions.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  new LivingWorker(tools);
}

class LivingWorker {
  readonly #tools: WorkerTools;
  readonly #supervisor: Channel<WorkerSpeech, SupervisorSpeech>;
  #file = '';
  #surroundings: WorkerSurroundings | undefined;
  #app: AppPart | undefined;
  #prepared: PreparedChange | undefined;
  /** The supervisor has asked for the end, and waits for it. */
  #isDone = false;

  constructor(tools: WorkerTools) {
    this.#tools = tools;
    this.#supervisor = new Channel(
      {
        send: (message) => void process.send?.(message, () => {}),
        onMessage: (callback) => process.on('message', callback),
        onClose: (callback) => process.once('disconnect', callback),
      },
      {
        answers: {
          start: async (orders) => {
            const attempt = await this.#attempt(() => this.#start(orders));
            this.#isDone = attempt.kind === 'failed';
            return attempt;
          },
          prepare: ({ text }) => this.#attempt(() => this.#prepare(text)),
          commit: () => {
            this.#takePrepared()?.commit();
            return this.#app?.listeners ?? [];
          },
          abort: async () => {
            await this.#takePrepared()?.abort();
            return null;
          },
          metrics: async () => (await this.#app?.metrics()) ?? [],
          giveLesson: async ({ lesson }) => (await this.#app?.giveLesson(lesson)) ?? null,
          suspect: (suspicions) => {
            this.#surroundings?.logins.suspect(suspicions);
            return null;
          },
          ping: () => null,
          stop: async () => {
            await this.#app?.stop();
            this.#isDone = true;
            return (await this.#app?.metrics()) ?? [];
          },
        },
        news: {
          pool: ({ key }) => this.#pool(key),
          unpool: ({ key }) => this.#surroundings?.places.unpool(key),
          trouble: ({ key, trouble }) => this.#surroundings?.heardTroubles.set(key, trouble),
          ticketKeys: ({ keys }) => this.#app?.useTicketKeys(Buffer.from(keys, 'base64')),
        },
      },
    );
    process.once('disconnect', () => void this.#end());
  }

  async #start(orders: WorkerOrders) {
    this.#file = orders.file;
    // Before anything is waited for: the supervisor may pool a limit at any time.
    const surroundings = workerSurroundings(orders, this.#supervisor);
    this.#surroundings = surroundings;
    const loaded = await this.#read(orders.text);
    const log = this.#tools.logFor(loaded.config).child({ worker: orders.number });
    this.#app = await startApp(loaded, { log, surroundings });
    return this.#app.listeners;
  }

  async #prepare(text: string): Promise<null> {
    this.#prepared = await this.#app?.prepare(await this.#read(text));
    return null;
  }

  #takePrepared(): PreparedChange | undefined {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    return prepared;
  }

  #read(text: string): Promise<LoadedConfig> {
    return readConfig(text, this.#file);
  }

  #pool(key: string): void {
    // Places that were granted in messages before this one are counted when their promises have settled.
    setImmediate(() => {
      const taken = this.#surroundings?.places.pool(key) ?? 0;
      this.#supervisor.tell('counted', { key, taken });
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
    try {
      return { kind: 'done', value: await work() };
    } catch (error) {
      return { kind: 'failed', ...this.#tools.endingOf(error) };
    }
  }

  /** Without the supervisor nobody would stop it, start it again, or keep the limits. */
  async #end(): Promise<void> {
    await this.#app?.stop();
    if (this.#isDone) process.exit();
    // Nobody reads its log any more, which a library that writes it out at the exit would wait for.
    process.kill(process.pid, 'SIGKILL');
  }
}
