// Owns the sessions of one job: so many at a time until all have ended or the deadline has come.
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { userName } from '../source/mailbox.ts';
import { Dialogue, stepsOf } from './dialogue.ts';
import type { JobResult, SessionsJob } from './job.ts';

const staying = new Set<Socket>();

/** Ends the sessions that stay, without QUIT. */
export function releaseAll(): number {
  const count = staying.size;
  for (const socket of staying) socket.destroy();
  staying.clear();
  return count;
}

export function runSessions(job: SessionsJob): Promise<JobResult> {
  return new Promise((resolve) => new Run(job, resolve).fill());
}

class Run {
  readonly #job: SessionsJob;
  readonly #resolve: (result: JobResult) => void;
  readonly #context: SecureContext | undefined;
  readonly #open = new Set<Socket>();
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #begun = 0;
  #done = 0;
  #failed = 0;
  #octets = 0;
  #firstFailure: string | undefined;
  #state: 'running' | 'over' = 'running';

  constructor(job: SessionsJob, resolve: (result: JobResult) => void) {
    this.#job = job;
    this.#resolve = resolve;
    this.#context = job.ca === undefined ? undefined : createSecureContext({ ca: job.ca });
    this.#timer = setTimeout(() => this.#finish(), job.deadlineMs);
  }

  fill(): void {
    while (this.#open.size < this.#job.concurrency && this.#begun < this.#job.sessions) {
      this.#begin();
    }
    if (this.#done + this.#failed === this.#job.sessions) this.#finish();
  }

  #begin(): void {
    const { firstUser, users, messages, messageOctets, script } = this.#job;
    const user = userName(messages, messageOctets, firstUser + (this.#begun % users));
    this.#begun++;
    const dialogue = new Dialogue(stepsOf({ user, messages, kind: script }));
    const socket = this.#connect();
    this.#open.add(socket);
    socket.on('data', (chunk) => {
      const progress = dialogue.receive(chunk);
      if (progress.kind === 'say') socket.write(progress.command, 'latin1');
      if (progress.kind === 'failed') this.#end(socket, { failure: progress.reply });
      if (progress.kind === 'over') this.#end(socket, { octets: dialogue.octets });
    });
    socket.on('error', (error) => this.#end(socket, { failure: error.message }));
    socket.on('close', () => this.#end(socket, { failure: 'the connection ended early' }));
  }

  #connect(): Socket {
    const { port } = this.#job;
    if (this.#context === undefined) return connect({ host: '127.0.0.1', port, noDelay: true });
    const socket = connectTls({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      secureContext: this.#context,
    });
    return socket.setNoDelay(true);
  }

  #end(socket: Socket, outcome: { octets: number } | { failure: string }): void {
    if (!this.#open.delete(socket)) return;
    if ('octets' in outcome) {
      this.#done++;
      this.#octets += outcome.octets;
      if (this.#job.script === 'stay') this.#keep(socket);
      else socket.end();
    } else {
      this.#failed++;
      this.#firstFailure ??= outcome.failure;
      socket.destroy();
    }
    if (this.#state === 'running') this.fill();
  }

  #keep(socket: Socket): void {
    staying.add(socket);
    socket.once('close', () => staying.delete(socket));
  }

  #finish(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    clearTimeout(this.#timer);
    const wallMs = performance.now() - this.#startedMs;
    const unfinished = this.#job.sessions - this.#done - this.#failed;
    for (const socket of this.#open) socket.removeAllListeners('close').destroy();
    this.#resolve({
      done: this.#done,
      failed: this.#failed,
      unfinished,
      octets: this.#octets,
      wallMs,
      ...(this.#firstFailure === undefined ? {} : { firstFailure: this.#firstFailure }),
    });
  }
}
