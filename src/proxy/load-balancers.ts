// Owns who may say on whose behalf a connection is made, and how much of what it says is believed. A header
// is never guessed: from the networks of load balancers it must be there, from elsewhere none is looked for.
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import { NetworkSet } from '../base/network.ts';
import { plainAddress } from '../base/plain-address.ts';
import type { ListenerConfig } from '../config/schema.ts';
import type { ProxyHeader } from '../proxy-protocol/header.ts';
import type { TlsFacts } from '../tls/upgrade.ts';
import { readHeader } from './introduction.ts';

type ProxyProtocolConfig = NonNullable<ListenerConfig['proxyProtocol']>;

/** Who comes over a connection, as far as it is not the peer of the socket itself. */
export interface Introduction {
  readonly client: Endpoint;
  /** The load balancer; undefined for a connection of its own and for one without a header. */
  readonly via: Endpoint | undefined;
  /** TLS that the load balancer has ended; undefined unless it is to be trusted. */
  readonly tls: TlsFacts | undefined;
  /** `check`: the load balancer itself looks whether all is well. */
  readonly purpose: 'session' | 'check';
}

export class LoadBalancers {
  readonly #config: ProxyProtocolConfig;
  readonly #trusted: NetworkSet;
  readonly #maxWaiting: number;
  #waiting = 0;

  /** `maxWaiting`: connections at a time whose header has not come. */
  constructor(config: ProxyProtocolConfig, maxWaiting: number) {
    this.#config = config;
    this.#trusted = new NetworkSet(config.from);
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Undefined for a connection that was closed without a word. Rejects with one of the codes PROXY_...
   * and leaves the socket to the caller.
   */
  async introductionOf(socket: Socket, clock: Clock): Promise<Introduction | undefined> {
    // A check may be over before it is looked at, and then nobody knows any more from where it came.
    if (socket.remoteAddress === undefined) return undefined;
    const peer = { address: plainAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
    if (!this.#trusted.contains(peer.address)) return this.#withoutHeader(peer);
    if (this.#waiting >= this.#maxWaiting) throw tooMany();
    this.#waiting += 1;
    try {
      const header = await readHeader(socket, clock, this.#config.timeoutMs);
      return header && this.#introductionBy(peer, header);
    } finally {
      this.#waiting -= 1;
    }
  }

  #withoutHeader(peer: Endpoint): Introduction {
    if (this.#config.others === 'refused') throw untrusted();
    return { client: peer, via: undefined, tls: undefined, purpose: 'session' };
  }

  #introductionBy(peer: Endpoint, header: ProxyHeader): Introduction {
    if (header.kind !== 'relayed') {
      const purpose = header.kind === 'local' ? 'check' : 'session';
      return { client: peer, via: undefined, tls: undefined, purpose };
    }
    const tls = this.#config.tls === 'trusted' ? tlsFactsOf(header) : undefined;
    return { client: header.source, via: peer, tls, purpose: 'session' };
  }
}

function tlsFactsOf({ tls, authority }: ProxyHeader & { kind: 'relayed' }): TlsFacts | undefined {
  if (tls === undefined) return undefined;
  const { protocol = 'unknown', cipher = 'unknown' } = tls;
  return { protocol, cipher, serverName: authority };
}

function untrusted(): AppError {
  return new AppError('PROXY_SENDER_UNTRUSTED', {
    fault: 'client',
    publicText: 'this port is only for connections through the load balancer',
    responseCode: 'SYS/PERM',
  });
}

function tooMany(): AppError {
  return new AppError('PROXY_HEADERS_AWAITED', {
    fault: 'client',
    publicText: 'too many connections whose PROXY protocol header has not come',
    responseCode: 'SYS/TEMP',
  });
}
