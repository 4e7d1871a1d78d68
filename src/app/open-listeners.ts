// Owns the listeners of a running proxy over all changes of the configuration: those that stay keep their
// socket, so that no client is refused in between.
import type { ListenerConfig } from '../config/schema.ts';
import type { ListenerFacts } from '../proxy/connection-services.ts';
import { Listener, type ListenerAddress } from '../proxy/listener.ts';
import type { SessionPlaces } from '../proxy/session-count.ts';
import type { Generation } from './generation.ts';
import { SocketStock } from './socket-stock.ts';
import type { Surroundings } from './surroundings.ts';

interface OpenListener {
  readonly listener: Listener;
  readonly config: ListenerConfig;
  readonly bound: ListenerAddress;
}

/** New sockets are open; the others are as they were. One of the two is called. */
export interface ListenerChange {
  commit(): void;
  abort(): void;
}

export class OpenListeners {
  readonly #places: SessionPlaces;
  readonly #sockets: SocketStock;
  /** In the order of the configuration. */
  #open: readonly OpenListener[] = [];
  /** No longer in the configuration, but with sessions. */
  readonly #leaving = new Set<Listener>();

  constructor({ places, sockets }: Pick<Surroundings, 'places' | 'sockets'>) {
    this.#places = places;
    this.#sockets = new SocketStock(sockets);
  }

  get addresses(): readonly ListenerAddress[] {
    return this.#open.map(({ bound }) => bound);
  }

  /** Names of sockets that were handed over and that no listener uses. */
  get unusedSockets(): readonly string[] {
    return this.#sockets.unused;
  }

  /** All that still have sessions. */
  get all(): readonly Listener[] {
    return [...this.#open.map(({ listener }) => listener), ...this.#leaving];
  }

  /** Opens what the generation asks for and is not there yet; rejects with everything as it was. */
  async prepare(generation: Generation): Promise<ListenerChange> {
    const fresh: Listener[] = [];
    const next: OpenListener[] = [];
    const kept: { readonly listener: Listener; readonly facts: ListenerFacts }[] = [];
    const abort = (): void => {
      for (const listener of fresh) {
        // Who has come in already has a generation that will not be.
        listener.drain();
        listener.destroy();
      }
    };
    try {
      for (const { facts } of generation.listeners.values()) {
        const { config } = facts;
        const known = this.#open.find((each) => isSameSocket(each.config, config));
        if (known !== undefined) {
          known.listener.prepareFor(facts);
          kept.push({ listener: known.listener, facts });
          next.push({ ...known, config, bound: { ...known.bound, ...describe(config) } });
          continue;
        }
        const listener = new Listener(facts, generation.services, this.#places);
        const bound = await listener.listen(this.#sockets.take(config.socket));
        fresh.push(listener);
        next.push({ listener, config, bound });
        generation.services.log.info({ ...bound }, 'listening');
      }
    } catch (error) {
      abort();
      throw error;
    }
    const commit = (): void => {
      for (const { listener, facts } of kept) listener.use(facts, generation.services);
      const staying = new Set(next.map(({ listener }) => listener));
      for (const { listener } of this.#open) if (!staying.has(listener)) this.#leave(listener);
      this.#open = next;
    };
    return { commit, abort };
  }

  #leave(listener: Listener): void {
    listener.close();
    this.#leaving.add(listener);
    void listener.idle().then(() => this.#leaving.delete(listener));
  }
}

function describe({ name, tls }: ListenerConfig): Pick<ListenerAddress, 'name' | 'tls'> {
  return { name, tls };
}

/** A port of 0 was chosen by the system; by its name it stays the same. */
function isSameSocket(a: ListenerConfig, b: ListenerConfig): boolean {
  if (a.socket !== undefined || b.socket !== undefined) return a.socket === b.socket;
  return a.address === b.address && a.port === b.port && (a.port !== 0 || a.name === b.name);
}
