// Owns requests to the one URL of the configuration: signature, time limit, retries, bounded answer.
// It never follows a redirect and never decides what an answer means.
import { createHmac, randomUUID } from 'node:crypto';
import { type Clock, Turns } from '#plugin-api';
import { Circuit } from './circuit.ts';

export interface ReceiverOptions {
  readonly url: URL;
  readonly bearerToken: string | undefined;
  readonly hmacKey: string | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly maxConcurrent: number;
  readonly pauseAfter: number;
  readonly pauseMs: number;
  readonly clock: Clock;
}

const maxAnswerBytes = 64 * 1024;
const firstDelayMs = 250;

/** An answer that asking again would not change. */
class FinalError extends Error {}

export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #turns: Turns;
  readonly #circuit: Circuit;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#turns = new Turns(options.maxConcurrent);
    this.#circuit = new Circuit(options);
  }

  /** The octets of an answer with status 2xx. Rejects in all other cases, after the retries. */
  async post(facts: unknown, signal: AbortSignal): Promise<Buffer> {
    // The octets that are signed are the octets that are sent, in every attempt.
    const body = JSON.stringify(facts);
    const idempotencyKey = randomUUID();
    return await this.#turns.take(signal, () =>
      this.#circuit.through(
        () => this.#persist(body, idempotencyKey, signal),
        () => !signal.aborted,
      ),
    );
  }

  async #persist(body: string, idempotencyKey: string, signal: AbortSignal): Promise<Buffer> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(body, idempotencyKey, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof FinalError || attempt === this.#options.retries) throw error;
        await pause(this.#options.clock, firstDelayMs * 2 ** attempt, signal);
      }
    }
  }

  async #attempt(body: string, idempotencyKey: string, signal: AbortSignal): Promise<Buffer> {
    const { url, timeoutMs, clock } = this.#options;
    const limit = new AbortController();
    const timer = clock.after(timeoutMs, () =>
      limit.abort(new Error('the receiver did not answer in time')),
    );
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: this.#headers(body, idempotencyKey),
        // A receiver must not be able to send the facts on to another host.
        redirect: 'manual',
        signal: AbortSignal.any([signal, limit.signal]),
      });
      const answer = await readBounded(response);
      if (response.ok) return answer;
      const isPassing = response.status >= 500 || response.status === 429;
      const text = `the receiver answered with status ${response.status}`;
      throw isPassing ? new Error(text) : new FinalError(text);
    } catch (error) {
      if (limit.signal.aborted) throw limit.signal.reason;
      throw error;
    } finally {
      timer.cancel();
      // Ends a connection whose answer was not read to its end.
      limit.abort();
    }
  }

  #headers(body: string, idempotencyKey: string): Record<string, string> {
    const { bearerToken, hmacKey, clock } = this.#options;
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'postern-webhook',
      'idempotency-key': idempotencyKey,
    };
    if (bearerToken !== undefined) headers['authorization'] = `Bearer ${bearerToken}`;
    if (hmacKey !== undefined) {
      const timestamp = String(Math.floor(clock.nowMs() / 1000));
      headers['x-postern-timestamp'] = timestamp;
      headers['x-postern-signature'] = signatureOf(hmacKey, timestamp, body);
    }
    return headers;
  }
}

/** HMAC-SHA256 over the timestamp, a dot and the body: an old request cannot be sent again as a new one. */
export function signatureOf(key: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}

async function readBounded(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of response.body ?? []) {
    octets += piece.length;
    if (octets > maxAnswerBytes) throw new FinalError('the answer of the receiver is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  const timer = clock.after(delayMs, resolve);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
