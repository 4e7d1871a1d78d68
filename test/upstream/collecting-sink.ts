// Owns a sink for content that counts what it is given and can be full.
import type { ContentSink } from '../../src/upstream/content-framing.ts';

export class CollectingSink implements ContentSink {
  readonly #chunks: Buffer[] = [];
  readonly #isFull: () => boolean;
  #resume: (() => void) | undefined;
  #full = Promise.withResolvers<void>();

  /** `isFull` is asked after each piece. */
  constructor(isFull: () => boolean = () => false) {
    this.#isFull = isFull;
  }

  write(content: Buffer): boolean {
    this.#chunks.push(Buffer.from(content));
    return !this.#isFull();
  }

  onDrain(resume: () => void): void {
    this.#resume = resume;
    this.#full.resolve();
  }

  /** Resolves when the connection has stopped because of this sink. */
  get held(): Promise<void> {
    return this.#full.promise;
  }

  /** Takes more. */
  drain(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    this.#full = Promise.withResolvers<void>();
    resume?.();
  }

  get octets(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }
}
