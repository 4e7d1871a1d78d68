// Owns the parts of plugins that there is only one of, for all workers: they are set up here, and kept as
// long as the configuration or a worker has them.
import { explain } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { CheckedPlugin, PluginHost } from '../../pipeline/registry.ts';
import type { CentralPart } from '../../plugin-api/services.ts';

interface KeptPart {
  readonly id: string;
  readonly part: CentralPart;
  /** How many plugins of each worker have it. */
  readonly users: Map<object, number>;
  isConfigured: boolean;
}

export interface DeskChange {
  commit(): void;
  abort(): Promise<void>;
}

export class CentralDesk {
  readonly #host: Omit<PluginHost, 'centralParts'>;
  readonly #log: Logger;
  readonly #parts = new Map<string, KeptPart>();

  constructor(host: Omit<PluginHost, 'centralParts'>) {
    this.#host = host;
    this.#log = host.log;
  }

  /** Sets up the parts that a configuration asks for and that are not there; throws ConfigError. */
  async prepare(plugins: readonly CheckedPlugin[]): Promise<DeskChange> {
    const fresh: KeptPart[] = [];
    const wanted = new Set<string>();
    const abort = async (): Promise<void> => {
      for (const part of fresh) await this.#end(part);
    };
    try {
      for (const { central } of plugins) {
        if (central === undefined) continue;
        wanted.add(central.id);
        if (this.#parts.has(central.id)) continue;
        const part = await central.setup(this.#host);
        const kept = { id: central.id, part, users: new Map(), isConfigured: false };
        fresh.push(kept);
        this.#parts.set(central.id, kept);
      }
    } catch (error) {
      await abort();
      throw error;
    }
    const commit = (): void => {
      for (const part of this.#parts.values()) {
        part.isConfigured = wanted.has(part.id);
        this.#endIfUnused(part);
      }
    };
    return { commit, abort };
  }

  open(user: object, id: string): void {
    const { users } = this.#get(id);
    users.set(user, (users.get(user) ?? 0) + 1);
  }

  ask(id: string, request: string): Promise<void> {
    return this.#get(id).part.handle(request);
  }

  close(user: object, id: string): void {
    const part = this.#parts.get(id);
    if (part === undefined) return;
    const left = (part.users.get(user) ?? 0) - 1;
    if (left > 0) part.users.set(user, left);
    else part.users.delete(user);
    this.#endIfUnused(part);
  }

  /** The worker has ended, whatever it had open. */
  leave(user: object): void {
    for (const part of this.#parts.values()) {
      if (part.users.delete(user)) this.#endIfUnused(part);
    }
  }

  async dispose(): Promise<void> {
    for (const part of [...this.#parts.values()]) await this.#end(part);
  }

  #get(id: string): KeptPart {
    const part = this.#parts.get(id);
    if (part === undefined) throw new Error(`no plugin has the part ${id}`);
    return part;
  }

  #endIfUnused(part: KeptPart): void {
    if (!part.isConfigured && part.users.size === 0) void this.#end(part);
  }

  async #end(part: KeptPart): Promise<void> {
    if (this.#parts.get(part.id) !== part) return;
    this.#parts.delete(part.id);
    try {
      await part.part.dispose?.();
    } catch (error) {
      this.#log.error({ part: part.id, reason: explain(error) }, 'a plugin could not be ended');
    }
  }
}
