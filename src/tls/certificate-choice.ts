// Owns which certificates are shown to a client that asks for a name. Pure.
import { isCovered, wildcardOf } from '../base/dns-name.ts';

/** What is known of a certificate here. */
export interface Choosable {
  readonly names: readonly string[];
  readonly keyType: string;
}

export class CertificateChoice<C extends Choosable> {
  /** In the order of the configuration; an own one of each key type. */
  readonly #byName = new Map<string, readonly C[]>();
  /** For clients that ask for no name, or for one that nobody knows. */
  readonly fallback: readonly C[];

  constructor(certificates: readonly [C, ...C[]]) {
    const [first] = certificates;
    for (const certificate of certificates) {
      for (const name of certificate.names) {
        this.#byName.set(name, onePerType([...(this.#byName.get(name) ?? []), certificate]));
      }
    }
    const asGood = certificates.filter(({ names }) => covers(names, first.names));
    this.fallback = onePerType(first.names.length === 0 ? [first] : [first, ...asGood]);
  }

  /** One of each key type, the exact name before the wildcard; undefined when no certificate has the name. */
  find(name: string): readonly C[] | undefined {
    const exact = this.#byName.get(name) ?? [];
    const wild = this.#byName.get(wildcardOf(name) ?? name) ?? [];
    const found = onePerType([...exact, ...wild]);
    return found.length === 0 ? undefined : found;
  }
}

function covers(names: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((name) => names.some((pattern) => isCovered(name, pattern)));
}

/** ECDSA first: its handshake costs the server a tenth of what RSA costs. */
function onePerType<C extends Choosable>(certificates: readonly C[]): readonly C[] {
  const firsts = new Map<string, C>();
  for (const each of certificates) if (!firsts.has(each.keyType)) firsts.set(each.keyType, each);
  return [...firsts.values()].sort((a, b) => rank(a) - rank(b));
}

function rank({ keyType }: Choosable): number {
  const known = ['ec', 'ed25519', 'ed448', 'rsa'].indexOf(keyType);
  return known === -1 ? Number.MAX_SAFE_INTEGER : known;
}
