// Owns what happens between accept() and the first octet of POP3: who comes, where to, and implicit TLS.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { type Endpoint, endpointText } from '../base/endpoint.ts';
import type { LogFields } from '../base/log.ts';
import { plainAddress } from '../base/plain-address.ts';
import { acceptTls, type TlsFacts } from '../tls/upgrade.ts';
import type { ListenerFacts } from './connection-services.ts';

/** The two ends of a connection as the client sees them. */
export interface ClientOrigin extends Endpoint {
  /** Where the client wanted to go; undefined unless a firewall has diverted it. */
  readonly destination: Endpoint | undefined;
}

/** A client that POP3 can be spoken with. */
export interface Arrival {
  /** A TLSSocket on a listener for implicit TLS. */
  readonly socket: Socket;
  readonly origin: ClientOrigin;
  /** Undefined while the client speaks plain text. */
  readonly tls: TlsFacts | undefined;
}

/** For all lines of its session. */
export function logFieldsOf({ address, destination }: ClientOrigin): LogFields {
  if (destination === undefined) return { client: address };
  return { client: address, destination: endpointText(destination) };
}

/** Throws INTERCEPT_DIRECT. */
export function originOf(socket: Socket, { interception }: ListenerFacts): ClientOrigin {
  return {
    address: plainAddress(socket.remoteAddress),
    port: socket.remotePort ?? 0,
    destination: interception?.destinationOf(socket),
  };
}

/** Leaves the socket to the caller when it rejects. */
export async function arrive(socket: Socket, facts: ListenerFacts, clock: Clock): Promise<Arrival> {
  const origin = originOf(socket, facts);
  const { config, tls, doors } = facts;
  doors.refuseStranger(origin);
  if (config.tls !== 'implicit' || tls === undefined) return { socket, origin, tls: undefined };
  const accepted = await acceptTls(socket, tls, clock);
  return { socket: accepted.socket, origin, tls: accepted.facts };
}
