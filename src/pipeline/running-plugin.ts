// Owns how long a plugin runs: as long as any chain has it. A reload that leaves a plugin as it was gives
// it to the new chain too, so that it keeps its connections, its files and what it has learned.
import type { PluginInstance } from '../plugin-api/define-plugin.ts';

export class RunningPlugin {
  readonly instance: PluginInstance;
  /** Same plugin, same file, same options: can be taken over. */
  readonly identity: string;
  readonly #whenOver: () => Promise<void>;
  #users = 1;

  /** `whenOver` frees what the host gave to it. */
  constructor(
    instance: PluginInstance,
    identity: string,
    whenOver = async (): Promise<void> => {},
  ) {
    this.instance = instance;
    this.identity = identity;
    this.#whenOver = whenOver;
  }

  /** One more chain has it. */
  take(): this {
    this.#users += 1;
    return this;
  }

  /** One chain less; the last one ends it. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    try {
      await this.instance.dispose?.();
    } finally {
      await this.#whenOver();
    }
  }
}
