// Owns what a PROXY protocol header says, in either version of the protocol, and how a header that is
// none is refused. Clauses are of the specification that HAProxy publishes as proxy-protocol.txt.
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';

/** TLS between the client and the sender, as the sender tells it (s.2.2.6). */
export interface ProxiedTls {
  /** `TLSv1.3`; undefined where the sender does not say. */
  readonly protocol: string | undefined;
  readonly cipher: string | undefined;
}

/** A connection that the sender relays for a client. */
export interface RelayedConnection {
  readonly kind: 'relayed';
  readonly version: 1 | 2;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** The name that the client asked for (SNI), in lower case; whoever sent it is not trusted with it. */
  readonly authority: string | undefined;
  /** Undefined where the client spoke plain text with the sender, or the sender does not say. */
  readonly tls: ProxiedTls | undefined;
}

/**
 * `local`: the sender itself is the client, as in a health check. `unknown`: there is a client, but the
 * sender cannot say who. Both times the ends of the real connection count (s.2.1, s.2.2).
 */
export interface UnrelayedConnection {
  readonly kind: 'local' | 'unknown';
  readonly version: 1 | 2;
}

export type ProxyHeader = RelayedConnection | UnrelayedConnection;

/** s.2.1: "any sequence which does not exactly match the protocol must be discarded". */
export function invalidHeader(reason: string): AppError {
  return new AppError('PROXY_HEADER_INVALID', {
    fault: 'client',
    publicText: `PROXY protocol header refused: ${reason}`,
    responseCode: 'none',
    details: { reason },
  });
}
