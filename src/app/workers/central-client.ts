// Owns the requests of one worker to one central part. While some are on their way, others gather: under
// load a message between the processes carries many, and without load none waits.
import { explain } from '../../base/errors.ts';

/** Of each request: null, or why it failed. Null when none failed. */
export type Outcomes = readonly (string | null)[] | null;

export class CentralClient {
  readonly #send: (requests: readonly string[]) => Promise<Outcomes>;
  #gathering: { readonly request: string; settle(reason: string | null): void }[] = [];
  #isSending = false;

  constructor(send: (requests: readonly string[]) => Promise<Outcomes>) {
    this.#send = send;
  }

  /** Rejects when the part failed at it, or when nobody knows whether it did. */
  handle(request: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (reason: string | null): void => {
        if (reason === null) resolve();
        else reject(new Error(reason));
      };
      this.#gathering.push({ request, settle });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#gathering.length > 0) {
      const batch = this.#gathering;
      this.#gathering = [];
      try {
        const outcomes = await this.#send(batch.map(({ request }) => request));
        for (const [index, { settle }] of batch.entries()) settle(outcomes?.[index] ?? null);
      } catch (error) {
        for (const { settle } of batch) settle(explain(error));
      }
    }
    this.#isSending = false;
  }
}

/** All at once, so that the part sees them in their order. */
export async function outcomesOf(work: readonly Promise<void>[]): Promise<Outcomes> {
  const settled = await Promise.allSettled(work);
  if (settled.every(({ status }) => status === 'fulfilled')) return null;
  return settled.map((each) => (each.status === 'rejected' ? explain(each.reason) : null));
}
