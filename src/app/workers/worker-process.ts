// Owns one worker as a process: its start, its connection, its lines for the log, its end.
import cluster, { type Worker } from 'node:cluster';
import { explain } from '../../base/errors.ts';
import type { InheritedSockets } from '../../proxy/open-socket.ts';
import type { LogOutput } from '../../telemetry/logger.ts';
import { Channel, type Ears } from './channel.ts';
import { LineCutter } from './line-cutter.ts';
import type { SupervisorSpeech, WorkerSpeech } from './messages.ts';

export interface Exit {
  readonly code?: number;
  readonly signal?: string;
  /** Why there was no process at all. */
  readonly reason?: string;
}

/**
 * Workers run this program with the arguments of this process, and find out what they are. Returns the
 * inherited sockets by the descriptors that every worker has of its own; those of this process stay open
 * for workers to come.
 */
export function setUpWorkers({ byName, refusal }: InheritedSockets): InheritedSockets {
  // All workers accept from one queue that outlives each of them, and no octet of a connection passes here.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const streams = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
  cluster.setupPrimary({ stdio: [...streams, ...byName.values()] });
  const inWorker = [...byName.keys()].map((name, index) => [name, streams.length + index] as const);
  return { byName: new Map(inWorker), refusal };
}

export class WorkerProcess {
  readonly number: number;
  readonly pid: number | undefined;
  readonly channel: Channel<SupervisorSpeech, WorkerSpeech>;
  /** All that it has told has been heard. */
  readonly exited: Promise<Exit>;
  /** All lines that it wrote have been passed on. */
  readonly silent: Promise<void>;
  readonly #worker: Worker;

  constructor(number: number, ears: Ears<WorkerSpeech>, output: LogOutput) {
    this.number = number;
    const worker = cluster.fork();
    this.#worker = worker;
    this.pid = worker.process.pid;
    this.exited = endOf(worker);
    this.channel = new Channel(
      {
        // One that has just ended is noticed by its exit.
        send: (message) => void worker.process.send?.(message, () => {}),
        onMessage: (callback) => worker.on('message', callback),
        onClose: (callback) => worker.once(closeEventOf(worker), callback),
      },
      ears,
    );
    this.silent = passLines(worker, output);
  }

  /** Without the connection it ends by itself. */
  disconnect(): void {
    if (this.#worker.isConnected()) this.#worker.process.disconnect();
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }
}

/** Where the system has no process to spare (EMFILE, EAGAIN), one that has no number only fails. */
function closeEventOf({ process: child }: Worker): 'disconnect' | 'error' {
  return child.pid === undefined ? 'error' : 'disconnect';
}

function endOf(worker: Worker): Promise<Exit> {
  return new Promise((resolve) => {
    const closed = new Promise((close) => worker.once(closeEventOf(worker), close));
    if (worker.process.pid === undefined) {
      void closed.then((error) => resolve({ reason: explain(error) }));
      return;
    }
    worker.once('exit', (code: number | null, signal: string | null) => {
      const exit = { ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) };
      void closed.then(() => resolve(exit));
    });
  });
}

function passLines({ process: child }: Worker, output: LogOutput): Promise<void> {
  const cutter = new LineCutter();
  const write = (lines: Buffer | undefined): void => {
    if (lines !== undefined) output.write(lines.toString('utf8'));
  };
  const { stdout } = child;
  if (stdout === null || stdout === undefined) return Promise.resolve();
  stdout.on('data', (octets: Buffer) => write(cutter.take(octets)));
  return new Promise((resolve) => {
    stdout.once('close', () => {
      write(cutter.end());
      resolve();
    });
  });
}
