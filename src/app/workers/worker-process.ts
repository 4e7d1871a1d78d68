// Owns one worker as a process: its start, its connection, its lines for the log, its end.
import cluster, { type Worker } from 'node:cluster';
import type { LogOutput } from '../../telemetry/logger.ts';
import { Channel, type Ears } from './channel.ts';
import { LineCutter } from './line-cutter.ts';
import type { SupervisorSpeech, WorkerSpeech } from './messages.ts';

export interface Exit {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** Workers run this program with the arguments of this process, and find out what they are. */
export function setUpWorkers(): void {
  // All workers accept from one queue that outlives each of them, and no octet of a connection passes here.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
}

export class WorkerProcess {
  readonly number: number;
  readonly pid: number | undefined;
  readonly channel: Channel<SupervisorSpeech, WorkerSpeech>;
  readonly exited: Promise<Exit>;
  /** All lines that it wrote have been passed on. */
  readonly silent: Promise<void>;
  readonly #worker: Worker;

  constructor(number: number, ears: Ears<WorkerSpeech>, output: LogOutput) {
    this.number = number;
    const worker = cluster.fork();
    this.#worker = worker;
    this.pid = worker.process.pid;
    this.exited = new Promise((resolve) => {
      worker.once('exit', (code: number | null, signal: string | null) =>
        resolve({ code: code ?? undefined, signal: signal ?? undefined }),
      );
    });
    this.channel = new Channel(
      {
        // One that has just ended is noticed by its exit.
        send: (message) => void worker.process.send?.(message, () => {}),
        onMessage: (callback) => worker.on('message', callback),
        onClose: (callback) => worker.once('disconnect', callback),
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

function passLines({ process: child }: Worker, output: LogOutput): Promise<void> {
  const cutter = new LineCutter();
  const write = (lines: Buffer | undefined): void => {
    if (lines !== undefined) output.write(lines.toString('utf8'));
  };
  child.stdout?.on('data', (octets: Buffer) => write(cutter.take(octets)));
  return new Promise((resolve) => {
    child.stdout?.once('close', () => {
      write(cutter.end());
      resolve();
    });
  });
}
