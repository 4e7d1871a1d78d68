// Owns events on their way to a receiver: in order, a bounded number, none of them awaited by a session.
import type { Logger } from '#plugin-api';
import type { Facts } from './event-facts.ts';

export interface EventQueueOptions {
  readonly maxQueued: number;
  readonly log: Logger;
  post(events: readonly Facts[]): Promise<unknown>;
  /** Events that the receiver will never see. */
  onDropped(count: number): void;
}

const maxBatch = 50;

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting: Facts[] = [];
  #sending: Promise<void> | undefined;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  add(event: Facts): void {
    if (this.#waiting.length >= this.#options.maxQueued) {
      this.#options.onDropped(1);
      return;
    }
    this.#waiting.push(event);
    this.#sending ??= this.#send();
  }

  /** Everything that is there now has been sent or dropped. */
  async drained(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    // Events of the same moment go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch);
      try {
        await this.#options.post(batch);
      } catch (error) {
        this.#options.onDropped(batch.length);
        this.#options.log.warn(
          { err: error, events: batch.length },
          'events could not be reported',
        );
      }
    }
    this.#sending = undefined;
  }
}
