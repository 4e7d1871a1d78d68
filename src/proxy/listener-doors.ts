// Owns who may use a listener, and who may log in there without encryption. What plugins demand comes on top:
// both must agree, so that neither can open what the other keeps shut.
import { AppError } from '../base/errors.ts';
import { NetworkSet } from '../base/network.ts';
import type { ListenerConfig } from '../config/schema.ts';
import type { Admission } from '../session/events.ts';

type DoorsConfig = Pick<ListenerConfig, 'networks' | 'plainLogin'>;

export class ListenerDoors {
  /** Undefined: everybody. */
  readonly #welcome: NetworkSet | undefined;
  readonly #plainLogin: 'allowed' | 'refused' | NetworkSet;

  constructor({ networks, plainLogin }: DoorsConfig) {
    this.#welcome = networks && new NetworkSet(networks);
    this.#plainLogin = typeof plainLogin === 'string' ? plainLogin : new NetworkSet(plainLogin);
  }

  /** Throws CLIENT_NOT_WELCOME, before a single octet is answered. */
  refuseStranger({ address }: { readonly address: string }): void {
    if (this.#welcome === undefined || this.#welcome.contains(address)) return;
    throw new AppError('CLIENT_NOT_WELCOME', {
      fault: 'client',
      publicText: 'this listener is not for this address',
      responseCode: 'SYS/PERM',
      // Not that of the load balancer which it may have come through.
      details: { address },
    });
  }

  admit({ address }: { readonly address: string }, transport: 'plain' | 'tls'): Admission {
    return transport === 'tls' || this.#allowsPlainLogin(address)
      ? { kind: 'admitted' }
      : { kind: 'loginDenied', text: 'login needs encryption: use STLS, or TLS on port 995' };
  }

  #allowsPlainLogin(address: string): boolean {
    if (typeof this.#plainLogin === 'string') return this.#plainLogin === 'allowed';
    return this.#plainLogin.contains(address);
  }
}
