// Owns which of the inherited sockets are still to be had: each serves one listener, and is closed with it.
import type { InheritedSockets } from '../proxy/open-socket.ts';

const closed = 'it was closed with the listener that had it, and is there again after a restart';

export class SocketStock {
  readonly #inherited: InheritedSockets;
  readonly #taken = new Set<string>();

  constructor(inherited: InheritedSockets) {
    this.#inherited = inherited;
  }

  /** All that are left, of which this one is taken. Its number may be that of another file later. */
  take(name: string | undefined): InheritedSockets {
    const left = this.#left();
    if (name === undefined) return left;
    if (this.#taken.has(name)) return { ...left, refusal: closed };
    if (left.byName.has(name)) this.#taken.add(name);
    return left;
  }

  /** Clients that connect to these wait for ever. */
  get unused(): readonly string[] {
    return [...this.#left().byName.keys()];
  }

  #left(): InheritedSockets {
    const { byName, refusal } = this.#inherited;
    const isLeft = ([name]: readonly [string, number]): boolean => !this.#taken.has(name);
    return { byName: new Map([...byName].filter(isLeft)), refusal };
  }
}
