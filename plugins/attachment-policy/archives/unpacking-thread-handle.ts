// Owns the near end of the thread that unpacks: starts it, asks it, ends it. It knows no formats.
import { Worker } from 'node:worker_threads';
import type { UnpackingAnswer, UnpackingQuestion, UnpackingTask } from './unpacking.ts';

/** `.ts` in the source tree, `.js` in the published one. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const program = new URL(`./unpacking-thread.${extension}`, import.meta.url);

/** For the library; dictionaries of common archives take up to 64 MB. */
const maxMemoryBytes = 256 * 1024 * 1024;
/** For JavaScript, which does hardly anything there. */
const maxHeapMegabytes = 64;

export class UnpackingThread {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#fail(this.#signal.reason);
  #failure: { readonly reason: unknown } | undefined;
  #waiting: PromiseWithResolvers<UnpackingAnswer> | undefined;

  constructor(
    { octets, mode }: Pick<UnpackingTask, 'octets' | 'mode'>,
    signal: AbortSignal,
    memoryBytes = maxMemoryBytes,
  ) {
    // Its own copy: what is handed to a thread is gone here.
    const copy = new Uint8Array(octets);
    const task: UnpackingTask = { octets: copy, mode, maxMemoryBytes: memoryBytes };
    this.#signal = signal;
    this.#worker = new Worker(program, {
      workerData: task,
      transferList: [copy.buffer],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
      // The library prints what it dies of.
      stdout: true,
      stderr: true,
      env: {},
    });
    this.#worker.on('message', (answer: UnpackingAnswer) => {
      this.#waiting?.resolve(answer);
      this.#waiting = undefined;
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread has ended')));
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** One question at a time. Rejects when the thread has died, or with the reason of the signal. */
  async ask(question: UnpackingQuestion): Promise<UnpackingAnswer> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#waiting = Promise.withResolvers<UnpackingAnswer>();
    this.#worker.postMessage(question);
    return await this.#waiting.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#waiting?.reject(this.#failure.reason);
    this.#waiting = undefined;
  }
}
