// Owns which addresses are those of this machine, as they come and go.
import { networkInterfaces } from 'node:os';
import type { Clock } from '../base/clock.ts';
import { type Network, NetworkSet, parseNetwork } from '../base/network.ts';

/** Asking the system costs more than all else that a new connection does. */
const knownMs = 5000;

/** This machine under whatever interfaces it has: RFC 1122 s.3.2.1.3, RFC 4291 s.2.5.2 and s.2.5.3. */
const always = ['0.0.0.0/8', '127.0.0.0/8', '::', '::1'];

export type ReadInterfaces = () => ReturnType<typeof networkInterfaces>;

export class OwnAddresses {
  readonly #clock: Clock;
  readonly #readInterfaces: ReadInterfaces;
  #known: { readonly addresses: NetworkSet; readonly untilMs: number } | undefined;

  constructor(clock: Clock, readInterfaces: ReadInterfaces = networkInterfaces) {
    this.#clock = clock;
    this.#readInterfaces = readInterfaces;
  }

  has(address: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (this.#known === undefined || this.#known.untilMs <= nowMs) {
      this.#known = { addresses: this.#read(), untilMs: nowMs + knownMs };
    }
    return this.#known.addresses.contains(address);
  }

  #read(): NetworkSet {
    const texts = [...always];
    for (const addresses of Object.values(this.#readInterfaces())) {
      for (const { address } of addresses ?? []) texts.push(address);
    }
    return new NetworkSet(
      texts.map(parseNetwork).filter((each): each is Network => each !== undefined),
    );
  }
}
