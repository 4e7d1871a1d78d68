// Owns one worker as the supervisor deals with it: what it is asked, and what it asks for.
import { setTimeout as pause } from 'node:timers/promises';
import type { ListenerAddress } from '../../proxy/listener.ts';
import type { Suspicion } from '../../proxy/logins/suspicion.ts';
import type { LogOutput } from '../../telemetry/logger.ts';
import type { GivenLesson } from '../../training/lesson-round.ts';
import { outcomesOf } from './central-client.ts';
import type { Channel, Ears } from './channel.ts';
import type { SuspicionListener } from './common-logins.ts';
import type { CommonState } from './common-state.ts';
import type { LessonGiver } from './common-training.ts';
import type { TroubleListener } from './known-troubles.ts';
import type { Attempt, KnownTrouble, SupervisorSpeech, WorkerSpeech } from './messages.ts';
import type { PlaceHolder } from './place-pool.ts';
import { outcomeOf } from './worker-failure.ts';
import { type Exit, WorkerProcess } from './worker-process.ts';

/** One that is too busy to say what it has counted is shown as it was. */
const countMs = 2000;

/** The client that gave the wrong password waits for it. */
const suspectMs = 1000;

const lastLinesMs = 1000;

export class ServingWorker implements PlaceHolder, TroubleListener, SuspicionListener, LessonGiver {
  readonly #state: CommonState;
  readonly #process: WorkerProcess;
  readonly #channel: Channel<SupervisorSpeech, WorkerSpeech>;
  #isReady = false;

  constructor(number: number, state: CommonState, output: LogOutput) {
    this.#state = state;
    this.#process = new WorkerProcess(number, this.#ears(), output);
    this.#channel = this.#process.channel;
    void this.exited.then(() => {
      this.#isReady = false;
      state.places.leave(this);
      state.troubles.leave(this);
      state.logins.leave(this);
      state.desk.leave(this);
      state.counts.leave(this);
    });
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It serves. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when it serves. Throws WORKER_FAILED; then it ends. */
  async start(source: { readonly file: string; readonly text: string }) {
    const { size, ticketKeys, selfSigned, places, troubles, logins, sockets } = this.#state;
    const asked = this.#channel.ask('start', {
      ...source,
      number: this.#process.number,
      workers: size,
      ticketKeys,
      selfSigned,
      troubles: troubles.join(this),
      pooled: places.join(this),
      sockets: [...sockets.byName],
      socketsRefusal: sockets.refusal ?? null,
      logins: logins.join(this),
    });
    const attempt = await asked.catch(async () => endedTooSoon(await this.exited));
    if (attempt.kind === 'failed') this.#process.disconnect();
    const listeners = outcomeOf(attempt);
    this.#isReady = true;
    return listeners;
  }

  /** Throws WORKER_FAILED when it cannot take up this configuration. */
  async prepare(text: string): Promise<void> {
    outcomeOf(await this.#channel.ask('prepare', { text }));
  }

  /** Undefined when it has ended. */
  commit(): Promise<readonly ListenerAddress[] | undefined> {
    return this.#channel.ask('commit', null).catch(() => undefined);
  }

  async abort(): Promise<void> {
    await this.#channel.ask('abort', null).catch(() => {});
  }

  /** Brings up to date what it has counted. */
  async count(): Promise<void> {
    const snapshot = await soon(this.#channel.ask('metrics', null), countMs);
    if (snapshot !== undefined && this.#isReady) this.#state.counts.keep(this, snapshot);
  }

  /** Undefined when somebody else is at it, or the worker has ended: then it is given later. */
  async give(lesson: number): Promise<GivenLesson | undefined> {
    const result = await this.#channel.ask('giveLesson', { lesson }).catch(() => null);
    return result ?? undefined;
  }

  /** Lets its sessions end; resolves when the process is no more. */
  async stop(): Promise<void> {
    try {
      this.#state.counts.keep(this, await this.#channel.ask('stop', null));
    } catch {
      // It has ended by itself.
    }
    this.#process.disconnect();
    await this.exited;
    // What it said last stands before what is said of the end of all. Something that it has started may
    // have its output for longer.
    await Promise.race([this.#process.silent, pause(lastLinesMs, undefined, { ref: false })]);
  }

  /** Rejects when it has ended. */
  async ping(): Promise<void> {
    await this.#channel.ask('ping', null);
  }

  kill(): void {
    this.#process.kill();
  }

  useTicketKeys(keys: string): void {
    this.#channel.tell('ticketKeys', { keys });
  }

  pool(key: string): void {
    this.#channel.tell('pool', { key });
  }

  unpool(key: string): void {
    this.#channel.tell('unpool', { key });
  }

  /** Resolves when it knows; who is stuck or gone is not waited for. */
  async suspect(suspicions: readonly Suspicion[]): Promise<void> {
    await soon(this.#channel.ask('suspect', suspicions), suspectMs);
  }

  hear(trouble: KnownTrouble): void {
    this.#channel.tell('trouble', trouble);
  }

  #ears(): Ears<WorkerSpeech> {
    const { places, desk, troubles, logins } = this.#state;
    return {
      answers: {
        take: ({ limits }) => places.take(this, limits),
        login: (keys) => logins.ask(keys),
        wrongPassword: async ({ keys, words }) => {
          await logins.wrongPassword(keys, words);
          return null;
        },
        knowsName: ({ name }) => logins.knows(name),
        openPart: ({ id }) => {
          desk.open(this, id);
          return null;
        },
        askPart: ({ id, requests }) => outcomesOf(requests.map((request) => desk.ask(id, request))),
        closePart: ({ id }) => {
          desk.close(this, id);
          return null;
        },
      },
      news: {
        counted: ({ key, taken }) => places.counted(this, key, taken),
        release: ({ key }) => places.release(this, key),
        loginAccepted: (keys) => logins.accepted(keys),
        trouble: (trouble) => troubles.tell(this, trouble),
      },
    };
  }
}

/** Undefined when there is no answer in time, or none at all. */
async function soon<T>(answer: Promise<T>, limitMs: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, limitMs, undefined);
  const first = await Promise.race([answer.catch(() => undefined), late]);
  clearTimeout(timer);
  return first;
}

function endedTooSoon({ code, signal, reason }: Exit): Attempt<never> {
  const how = reason ?? signal ?? `code ${code}`;
  return {
    kind: 'failed',
    lines: [`postern: a worker ended while it started: ${how}`],
    exitCode: 1,
  };
}
