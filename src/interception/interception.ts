// Owns where a connection was going that a firewall has diverted here. What was going nowhere else is
// refused: served, it would come back for ever.
import type { Server, Socket } from 'node:net';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import { plainAddress } from '../base/plain-address.ts';
import type { OwnAddresses } from './own-addresses.ts';

/** Where an accepted connection was going; undefined when nothing has diverted it. */
export type DestinationReader = (socket: Socket) => Endpoint | undefined;

/** On a transparent socket a connection keeps the address that it was made to. */
export const localEnd: DestinationReader = ({ localAddress, localPort }) => ({
  address: plainAddress(localAddress),
  port: localPort ?? 0,
});

export interface InterceptionParts {
  readonly read: DestinationReader;
  readonly own: OwnAddresses;
  /** Whether the end of a connection on this machine belongs to the user who runs Postern. */
  isOurs(end: Endpoint): boolean;
  /** Makes a listening socket fit for it, or throws INTERCEPT_UNAVAILABLE. */
  prepare(server: Server): void;
}

export class Interception {
  readonly #parts: InterceptionParts;

  constructor(parts: InterceptionParts) {
    this.#parts = parts;
  }

  /** To be called for each listening socket. Throws INTERCEPT_UNAVAILABLE. */
  prepare(server: Server): void {
    this.#parts.prepare(server);
  }

  /**
   * Throws INTERCEPT_DIRECT for a client that wants this machine itself, INTERCEPT_LOOP for one that is
   * Postern itself, on its way to a mail server.
   */
  destinationOf(socket: Socket): Endpoint {
    const { read, own, isOurs } = this.#parts;
    const destination = read(socket);
    if (destination === undefined || own.has(destination.address)) {
      throw new AppError('INTERCEPT_DIRECT', {
        fault: 'client',
        publicText: 'this port serves only connections to mail servers elsewhere',
        responseCode: 'SYS/PERM',
        details: { destination },
      });
    }
    const source = { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
    if (own.has(source.address) && isOurs(source)) {
      throw new AppError('INTERCEPT_LOOP', {
        fault: 'config',
        publicText: 'the mail server cannot be reached: its connections are led back here',
        details: { destination },
      });
    }
    return destination;
  }
}
