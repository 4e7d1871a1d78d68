// Owns what is known of clamd's engine and signature version, and says in the log when clamd goes
// or comes back. It never decides about a message.
import type { Logger } from '#plugin-api';

interface VersionSource {
  version(): Promise<string>;
}

// `ClamAV 1.4.6/27500/date`; without an official database it is `ClamAV 1.4.6` alone.
const versionPattern = /^ClamAV ([\w.+~-]{1,64})(?:\/(\d{1,12})\/[^\n]*)?[\n\0]?$/;

/** The part of a VERSION reply on which verdicts depend; undefined when it is no such reply. */
export function parseVersion(
  reply: string,
): { readonly engine: string; readonly signatures: string | undefined } | undefined {
  const [, engine, signatures] = versionPattern.exec(reply) ?? [];
  return engine === undefined ? undefined : { engine, signatures };
}

export class SignatureWatch {
  readonly #source: VersionSource;
  readonly #refreshMs: number;
  readonly #log: Logger;
  #state: 'unknown' | 'up' | 'down' | 'stopped' = 'unknown';
  #cacheKey: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: VersionSource, refreshMs: number, log: Logger) {
    this.#source = source;
    this.#refreshMs = refreshMs;
    this.#log = log;
  }

  /**
   * Undefined while the signatures are not known: clamd is down, or has only private databases,
   * which carry no version.
   */
  get cacheKey(): string | undefined {
    return this.#cacheKey;
  }

  /** Asks once now and then regularly; never rejects. */
  async start(): Promise<void> {
    await this.#refresh();
    if (this.#state === 'stopped') return;
    this.#timer = setTimeout(() => void this.start(), this.#refreshMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cacheKey = undefined;
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    try {
      const reply = await this.#source.version();
      const version = parseVersion(reply);
      if (version === undefined) throw new Error('the answer to VERSION is not one of ClamAV');
      if (this.#state === 'stopped') return;
      const { engine, signatures } = version;
      this.#cacheKey = signatures === undefined ? undefined : `clamav/${engine}/${signatures}`;
      if (this.#state !== 'up') this.#log.info({ engine, signatures }, 'clamd is there');
      this.#state = 'up';
    } catch (error) {
      if (this.#state === 'stopped') return;
      this.#cacheKey = undefined;
      if (this.#state !== 'down') {
        this.#log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'clamd is not there; messages are deferred until it is',
        );
      }
      this.#state = 'down';
    }
  }
}
