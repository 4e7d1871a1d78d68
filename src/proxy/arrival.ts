// Owns what happens between accept() and the first octet of POP3: who comes, where to, and implicit TLS.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { acceptTls, type TlsFacts, tlsFactsOf } from '../tls/upgrade.ts';
import { plainAddress } from './client-address.ts';
import type { ListenerFacts } from './connection-services.ts';

/** The two ends of a connection as the client sees them. */
export interface ClientOrigin {
  /** IP address of the client; IPv4-mapped IPv6 is written as IPv4. */
  readonly address: string;
  readonly port: number;
}

/** A client that POP3 can be spoken with. */
export interface Arrival {
  /** A TLSSocket on a listener for implicit TLS. */
  readonly socket: Socket;
  readonly origin: ClientOrigin;
  /** Undefined while the client speaks plain text. */
  readonly tls: TlsFacts | undefined;
}

export function originOf(socket: Socket): ClientOrigin {
  return { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
}

/** Leaves the socket to the caller when it rejects. */
export async function arrive(socket: Socket, facts: ListenerFacts, clock: Clock): Promise<Arrival> {
  const origin = originOf(socket);
  const { config, secureContext } = facts;
  if (config.tls !== 'implicit' || secureContext === undefined) {
    return { socket, origin, tls: undefined };
  }
  const secured = await acceptTls(socket, secureContext, clock);
  return { socket: secured, origin, tls: tlsFactsOf(secured) };
}
