// Owns what happens between accept() and the first octet of POP3: who comes, where to, and implicit TLS.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { type Endpoint, endpointText } from '../base/endpoint.ts';
import type { LogFields } from '../base/log.ts';
import { plainAddress } from '../base/plain-address.ts';
import { acceptTls, type TlsFacts } from '../tls/upgrade.ts';
import type { ListenerFacts } from './connection-services.ts';
import type { Introduction } from './load-balancers.ts';

/** The two ends of a connection as the client sees them. */
export interface ClientOrigin extends Endpoint {
  /** Where the client wanted to go; undefined unless a firewall has diverted it. */
  readonly destination: Endpoint | undefined;
  /** The load balancer that the client came through. */
  readonly via: Endpoint | undefined;
}

/** A client that POP3 can be spoken with. */
export interface Arrival {
  /** A TLSSocket on a listener for implicit TLS. */
  readonly socket: Socket;
  readonly origin: ClientOrigin;
  /** Undefined while the client speaks plain text. */
  readonly tls: TlsFacts | undefined;
  readonly purpose: Introduction['purpose'];
}

/** For all lines of its session. */
export function logFieldsOf({ address, destination, via }: ClientOrigin): LogFields {
  if (via !== undefined) return { client: address, via: endpointText(via) };
  if (destination === undefined) return { client: address };
  return { client: address, destination: endpointText(destination) };
}

/** Throws INTERCEPT_DIRECT. */
export function originOf(
  socket: Socket,
  { interception }: ListenerFacts,
  introduction?: Introduction,
): ClientOrigin {
  if (introduction !== undefined) {
    return { ...introduction.client, destination: undefined, via: introduction.via };
  }
  return {
    address: plainAddress(socket.remoteAddress),
    port: socket.remotePort ?? 0,
    destination: interception?.destinationOf(socket),
    via: undefined,
  };
}

/** Leaves the socket to the caller when it rejects. */
export async function arrive(
  socket: Socket,
  facts: ListenerFacts,
  clock: Clock,
  introduction?: Introduction,
): Promise<Arrival> {
  const origin = originOf(socket, facts, introduction);
  const purpose = introduction?.purpose ?? 'session';
  const { config, tls, doors } = facts;
  // A load balancer that looks after this listener need not be one of its clients.
  if (purpose === 'session') doors.refuseStranger(origin);
  if (config.tls !== 'implicit' || tls === undefined) {
    return { socket, origin, tls: introduction?.tls, purpose };
  }
  const accepted = await acceptTls(socket, tls, clock);
  return { socket: accepted.socket, origin, tls: accepted.facts, purpose };
}
