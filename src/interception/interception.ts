// Owns where a connection was going that a firewall has diverted here. What was going nowhere else is
// refused: served, it would come back for ever.
import type { Socket } from 'node:net';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import { plainAddress } from '../base/plain-address.ts';
import type { ListenerConfig } from '../config/schema.ts';
import type { OwnAddresses } from './own-addresses.ts';

export type InterceptMode = NonNullable<ListenerConfig['intercept']>;

/** Where an accepted connection was going; undefined when nothing has diverted it. */
export type DestinationReader = (socket: Socket) => Endpoint | undefined;

/** On a transparent socket a connection keeps the address that it was made to. */
export const localEnd: DestinationReader = ({ localAddress, localPort }) => ({
  address: plainAddress(localAddress),
  port: localPort ?? 0,
});

export class Interception {
  readonly #read: DestinationReader;
  readonly #own: OwnAddresses;

  constructor(read: DestinationReader, own: OwnAddresses) {
    this.#read = read;
    this.#own = own;
  }

  /** Throws INTERCEPT_DIRECT for a client that wants this machine itself. */
  destinationOf(socket: Socket): Endpoint {
    const destination = this.#read(socket);
    if (destination === undefined || this.#own.has(destination.address)) {
      throw new AppError('INTERCEPT_DIRECT', {
        fault: 'client',
        publicText: 'this port serves only connections to mail servers elsewhere',
        responseCode: 'SYS/PERM',
        details: { destination },
      });
    }
    return destination;
  }
}
