// Owns which connections a firewall should divert to which listener, whatever the firewall is. Pure.
import { AppError } from '../../base/errors.ts';
import { isWithin, type Network, NetworkSet, parseNetwork } from '../../base/network.ts';
import { plainAddress } from '../../base/plain-address.ts';
import type { ListenerConfig } from '../../config/schema.ts';

export type Family = 'ipv4' | 'ipv6';
export type InterceptMode = NonNullable<ListenerConfig['intercept']>;

/** What the configuration does not say. */
export interface RuleWishes {
  /** Of the clients' side; none means any. */
  readonly interfaces: readonly string[];
  /** Clients that are diverted; none means all. */
  readonly clients: readonly Network[];
  /** Mail servers that are left alone. */
  readonly except: readonly Network[];
  /** Ports of mail servers, by the name of the listener that they are diverted to. */
  readonly ports: ReadonlyMap<string, readonly number[]>;
  /** Programs of the gateway itself are diverted too, but not those of this user, who runs Postern. */
  readonly localExcept: string | undefined;
  /** For TPROXY: the mark of diverted packets, and the routing table that they go by. */
  readonly mark: number;
}

/** One kind of connection that is to be diverted. */
export interface Diversion {
  readonly listener: string;
  readonly mode: InterceptMode;
  readonly family: Family;
  readonly ports: readonly number[];
  /** None means all. */
  readonly clients: readonly Network[];
  /** No address means any of the gateway. */
  readonly to: { readonly address: string | undefined; readonly port: number };
}

export interface RulePlan extends Pick<RuleWishes, 'interfaces' | 'localExcept' | 'mark'> {
  /** Of clients; the first that fits is to decide. */
  readonly diversions: readonly Diversion[];
  /** Of programs of the gateway itself. */
  readonly localDiversions: readonly Diversion[];
  readonly except: readonly Network[];
}

type Listener = Pick<
  ListenerConfig,
  'name' | 'address' | 'port' | 'tls' | 'intercept' | 'networks'
>;

/** Throws RULES_IMPOSSIBLE. */
export function planRules(listeners: readonly Listener[], wishes: RuleWishes): RulePlan {
  for (const name of wishes.ports.keys()) {
    if (listeners.some((each) => each.name === name && each.intercept !== undefined)) continue;
    throw impossible(`no listener with intercept is called ${name}`);
  }
  const diversions = listeners.flatMap((listener) => diversionsTo(listener, wishes));
  if (diversions.length === 0) {
    throw impossible('no listener of this configuration has the key intercept');
  }
  // Those for few clients would get nothing behind one for many.
  diversions.sort((a, b) => widest(b) - widest(a));
  refuseRivals(diversions);
  const { interfaces, except, localExcept, mark } = wishes;
  const localDiversions = localExcept === undefined ? [] : localOnes(listeners, diversions);
  return { diversions, localDiversions, interfaces, except, localExcept, mark };
}

/** The length of the prefix of its largest network. */
function widest({ clients }: Diversion): number {
  if (clients.length === 0) return -1;
  return Math.min(...clients.map(({ prefixLength }) => prefixLength));
}

/** What the gateway itself sends cannot be had by TPROXY, and a listener for named clients would refuse it. */
function localOnes(listeners: readonly Listener[], diversions: readonly Diversion[]): Diversion[] {
  return diversions
    .filter(
      ({ mode, listener }) =>
        mode === 'redirect' &&
        listeners.some(({ name, networks }) => name === listener && networks === undefined),
    )
    .map((diversion) => ({ ...diversion, clients: [] }));
}

function diversionsTo(listener: Listener, wishes: RuleWishes): Diversion[] {
  const { name, port, tls, intercept: mode, networks } = listener;
  if (mode === undefined) return [];
  if (port === 0) {
    throw impossible(`listener ${name} has no port that is known; give it one by the key port`);
  }
  const ports = wishes.ports.get(name) ?? [tls === 'implicit' ? 995 : 110];
  const wanted = networks === undefined ? wishes.clients : both(networks, wishes.clients);
  if (networks !== undefined && wanted.length === 0) return [];
  return placesOf(listener, mode).flatMap(({ family, address }): Diversion[] => {
    const clients = wanted.filter((network) => network.family === family);
    // Named clients of the other family only.
    if (wanted.length > 0 && clients.length === 0) return [];
    return [{ listener: name, mode, family, ports, clients, to: { address, port } }];
  });
}

/** Networks that lie in one of each list; an empty second list holds everything. */
function both(networks: readonly Network[], limits: readonly Network[]): readonly Network[] {
  if (limits.length === 0) return networks;
  return [
    ...networks.filter((inner) => limits.some((outer) => isWithin(inner, outer))),
    ...limits.filter((inner) =>
      networks.some((outer) => isWithin(inner, outer) && !isWithin(outer, inner)),
    ),
  ];
}

interface Place {
  readonly family: Family;
  readonly address: string | undefined;
}

function placesOf({ name, address: written }: Listener, mode: InterceptMode): readonly Place[] {
  const address = plainAddress(written);
  if (address === '0.0.0.0') return [{ family: 'ipv4', address: undefined }];
  const network = parseNetwork(address);
  if (network === undefined) throw impossible(`listener ${name} has no address of a usual form`);
  if (network.address === '::') {
    return [
      { family: 'ipv4', address: undefined },
      { family: 'ipv6', address: undefined },
    ];
  }
  // The kernel takes packets from elsewhere to such an address for forged.
  if (mode === 'redirect' && loopback.contains(address)) {
    throw impossible(
      `listener ${name} listens on ${address}, where nothing from the network can be redirected to; give it the address "::" or one of the gateway`,
    );
  }
  return [{ family: network.family, address }];
}

const loopback = new NetworkSet([
  { family: 'ipv4', address: '127.0.0.0', prefixLength: 8 },
  { family: 'ipv6', address: '::1', prefixLength: 128 },
]);

function refuseRivals(diversions: readonly Diversion[]): void {
  for (const [index, later] of diversions.entries()) {
    const rival = diversions.slice(0, index).find((earlier) => isRival(earlier, later));
    if (rival === undefined) continue;
    const ports = later.ports.filter((port) => rival.ports.includes(port)).join(', ');
    throw impossible(
      `listeners ${rival.listener} and ${later.listener} would both get the connections to port ${ports}; give them different networks, or different ports by --port`,
    );
  }
}

function isRival(earlier: Diversion, later: Diversion): boolean {
  return (
    earlier.family === later.family &&
    earlier.ports.some((port) => later.ports.includes(port)) &&
    networksText(earlier.clients) === networksText(later.clients)
  );
}

export function networkText({ address, prefixLength }: Network): string {
  return `${address}/${prefixLength}`;
}

function networksText(networks: readonly Network[]): string {
  return networks.map(networkText).toSorted().join(' ');
}

function impossible(publicText: string): AppError {
  return new AppError('RULES_IMPOSSIBLE', { fault: 'config', publicText });
}
