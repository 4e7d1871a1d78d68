// Owns the near end of one thread that scans: starts it, asks it, ends it. It knows no rules.
import { Worker } from 'node:worker_threads';
import type { ScanningAnswer, ScanningTask } from './scanning.ts';

/** `.ts` in the source tree, `.js` in the published one. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const program = new URL(`./scanning-thread.${extension}`, import.meta.url);

/** For JavaScript, which has the rules once and what matched. */
const maxHeapMegabytes = 256;

export class ScanningThread {
  readonly #worker: Worker;
  #failure: { readonly reason: unknown } | undefined;
  #waiting: PromiseWithResolvers<ScanningAnswer> | undefined;

  constructor(task: ScanningTask) {
    this.#worker = new Worker(program, {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
      // Rules can print, and the library prints what it dies of.
      stdout: true,
      stderr: true,
      env: {},
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    // Nobody waits for it to say something of its own accord.
    this.#worker.unref();
    this.#worker.on('message', (answer: ScanningAnswer) => {
      this.#waiting?.resolve(answer);
      this.#waiting = undefined;
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread has ended')));
  }

  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /** What it says once the rules are compiled, or cannot be. */
  async opening(): Promise<ScanningAnswer> {
    return await this.#next();
  }

  /** One content at a time. Takes the content away. Rejects when the thread has died. */
  async scan(content: Uint8Array<ArrayBuffer>): Promise<ScanningAnswer> {
    const answer = this.#next();
    if (this.isAlive) this.#worker.postMessage(content, [content.buffer]);
    return await answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #next(): Promise<ScanningAnswer> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#waiting = Promise.withResolvers<ScanningAnswer>();
    this.#worker.ref();
    try {
      return await this.#waiting.promise;
    } finally {
      this.#worker.unref();
    }
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#waiting?.reject(this.#failure.reason);
    this.#waiting = undefined;
  }
}
