// Owns the decision whether a client may log in over its connection as it is. Pure.
import { type ClientFacts, NetworkSet } from '#plugin-api';

import type { ClientRule, TlsDemand, TlsVersion } from './options.ts';

export type Admission =
  | { readonly kind: 'admitted' }
  /** May encrypt and come back to it in the same session. */
  | { readonly kind: 'loginDenied' }
  | { readonly kind: 'tooOld'; readonly minVersion: TlsVersion };

interface PreparedRule {
  readonly listeners: ReadonlySet<string> | undefined;
  readonly networks: NetworkSet | undefined;
  readonly tls: TlsDemand;
  readonly minVersion: TlsVersion | undefined;
}

// Oldest first, in the words of Node; an unknown word counts as older than all of them.
const protocols = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

export class ClientPolicy {
  readonly #rules: readonly PreparedRule[];

  /** `others` is for clients that no rule fits. */
  constructor(rules: readonly ClientRule[], others: TlsDemand) {
    const last = { listeners: undefined, networks: undefined, tls: others, minVersion: undefined };
    this.#rules = [...rules, last].map(({ listeners, networks, tls, minVersion }) => ({
      listeners: listeners && new Set(listeners),
      networks: networks && new NetworkSet(networks),
      tls,
      minVersion,
    }));
  }

  admit(client: ClientFacts): Admission {
    const rule = this.#rules.find((candidate) => fits(candidate, client));
    if (client.tls === undefined) {
      return rule?.tls === 'optional' ? { kind: 'admitted' } : { kind: 'loginDenied' };
    }
    const minVersion = rule?.minVersion;
    return minVersion !== undefined && isOlder(client.tls.protocol, minVersion)
      ? { kind: 'tooOld', minVersion }
      : { kind: 'admitted' };
  }
}

function fits({ listeners, networks }: PreparedRule, client: ClientFacts): boolean {
  const isListener = listeners === undefined || listeners.has(client.listener);
  return isListener && (networks === undefined || networks.contains(client.address));
}

function isOlder(protocol: string, minVersion: TlsVersion): boolean {
  return protocols.indexOf(protocol) < protocols.indexOf(minVersion);
}
