// Owns the threads that scan: how many contents at a time, and that one which has been ended or has died is
// followed by a new one. It knows no messages.
import { type Clock, Turns } from '#plugin-api';
import { describeComplaint } from './complaint.ts';
import type { RuleSource, ScanningAnswer } from './scanning.ts';
import { ScanningThread } from './scanning-thread-handle.ts';

export type ScanResult =
  | Extract<ScanningAnswer, { readonly kind: 'scanned' }>
  /** The time was up; the thread has been ended. */
  | { readonly kind: 'tooSlow' };

export interface ScannerOptions {
  readonly sources: readonly RuleSource[];
  readonly threads: number;
  /** Largest content. */
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** What the library needs beside a content that it has twice, and compiled rules. */
const baseMemoryBytes = 512 * 1024 * 1024;

/** A place that is free, with the thread of whoever had it before. */
interface Seat {
  thread: ScanningThread | undefined;
}

export class Scanner {
  readonly #options: ScannerOptions;
  readonly #turns: Turns;
  readonly #free: Seat[];
  readonly #threads = new Set<ScanningThread>();
  #life: 'running' | 'ended' = 'running';

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#turns = new Turns(options.threads);
    this.#free = Array.from({ length: options.threads }, () => ({ thread: undefined }));
  }

  /** Compiles the rules. Rejects with a line that says what is wrong with them, and where. */
  async open(): Promise<Extract<ScanningAnswer, { readonly kind: 'ready' }>['warnings']> {
    const [seat] = this.#free;
    const { thread, warnings } = await this.#start();
    if (seat !== undefined) seat.thread = thread;
    return warnings;
  }

  /** All contents of one message, one after the other, on one thread. */
  async use<T>(signal: AbortSignal, work: (session: ScanSession) => Promise<T>): Promise<T> {
    return await this.#turns.take(signal, async () => {
      const seat = this.#free.pop() ?? { thread: undefined };
      try {
        if (seat.thread?.isAlive !== true) seat.thread = (await this.#start()).thread;
        return await work(new ScanSession(seat.thread, this.#options.clock, signal));
      } finally {
        this.#free.push(seat);
      }
    });
  }

  async end(): Promise<void> {
    this.#life = 'ended';
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  async #start(): Promise<{
    readonly thread: ScanningThread;
    readonly warnings: Extract<ScanningAnswer, { readonly kind: 'ready' }>['warnings'];
  }> {
    if (this.#life === 'ended') throw new Error('the plugin is shut down');
    const { sources, maxBytes } = this.#options;
    for (const thread of this.#threads) if (!thread.isAlive) this.#threads.delete(thread);
    const thread = new ScanningThread({
      sources,
      maxMemoryBytes: baseMemoryBytes + 3 * maxBytes,
    });
    this.#threads.add(thread);
    const answer = await thread.opening();
    if (answer.kind === 'ready') return { thread, warnings: answer.warnings };
    await thread.end();
    throw new Error(
      answer.kind === 'refused' ? describeComplaint(answer.complaint) : 'the thread is out of step',
    );
  }
}

export class ScanSession {
  readonly #thread: ScanningThread;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(thread: ScanningThread, clock: Clock, signal: AbortSignal) {
    this.#thread = thread;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Takes the content away. Rejects when the thread dies of it, and with the reason of the signal. */
  async scan(content: Uint8Array<ArrayBuffer>, timeoutMs: number): Promise<ScanResult> {
    this.#signal.throwIfAborted();
    const { promise: stopped, resolve, reject } = Promise.withResolvers<ScanResult>();
    const onAbort = (): void => reject(this.#signal.reason);
    const timer = this.#clock.after(timeoutMs, () => resolve({ kind: 'tooSlow' }));
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      const scanning = this.#thread.scan(content).then(toResult);
      const result = await Promise.race([scanning, stopped]);
      if (result.kind === 'tooSlow') await this.#thread.end();
      return result;
    } catch (error) {
      // Whatever it is still busy with, nobody waits for it.
      await this.#thread.end();
      throw error;
    } finally {
      timer.cancel();
      this.#signal.removeEventListener('abort', onAbort);
    }
  }
}

function toResult(answer: ScanningAnswer): ScanResult {
  if (answer.kind === 'scanned') return answer;
  const reason = answer.kind === 'failed' ? answer.reason : 'the thread is out of step';
  throw new Error(`the scan failed: ${reason}`);
}
