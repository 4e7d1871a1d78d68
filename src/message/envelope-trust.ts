// Owns which hosts are the mail provider's own, by their names and addresses. Pure.
import { NetworkSet } from '../base/network.ts';
import { isUnder } from '../base/registrable-domain.ts';
import { embeddedAddresses, type Purpose, purposeOf } from '../base/special-networks.ts';
import type { Received } from './received.ts';
import type { ReceivedClient } from './received-client.ts';

export interface EnvelopeTrust {
  /** Domains, in lower case: what a host below one of them has written is believed. */
  readonly writers: readonly string[];
  /**
   * Domains of hosts that hand a message on inside the provider: a client with a checked name below one
   * is no sender.
   */
  readonly relays: readonly string[];
  /** Addresses of such hosts, beside the private ones. */
  readonly networks: NetworkSet;
}

export const noTrust: EnvelopeTrust = { writers: [], relays: [], networks: new NetworkSet([]) };

/** Names that mean something inside of one network only, which no host elsewhere can have. */
const localDomains = ['localhost', 'local', 'internal', 'lan', 'localdomain', 'intern', 'corp'];

const privatePurposes: ReadonlySet<Purpose> = new Set<Purpose>([
  'private',
  'shared',
  'loopback',
  'link-local',
]);

/** Is the field written by the provider, if what stands above it is? */
export function isWriter({ by }: Received, trust: EnvelopeTrust): boolean {
  // qmail's notes name no host; they stand between fields that do.
  if (by === undefined) return true;
  return isInnerHost(by) || trust.networks.contains(by) || isAnyUnder(by, trust.writers);
}

/** Named as only the hosts around it could name it. */
export function isInnerHost(by: string): boolean {
  return isPrivate(by) || isLocalName(by);
}

/** How a client is known to be the provider's own host. */
export function relayKind(
  client: ReceivedClient,
  trust: EnvelopeTrust,
): 'address' | 'name' | undefined {
  const { address, name, nameProof } = client;
  if (address === undefined) return undefined;
  if (isPrivate(address) || trust.networks.contains(address)) return 'address';
  const isNamed = name !== undefined && nameProof === 'checked' && isAnyUnder(name, trust.relays);
  return isNamed ? 'name' : undefined;
}

export function isAnyUnder(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => isUnder(name, domain));
}

function isLocalName(name: string): boolean {
  return !name.includes('.') ? !name.includes(':') : isAnyUnder(name, localDomains);
}

function isPrivate(address: string): boolean {
  const purpose = purposeOf(address);
  if (purpose === undefined) return false;
  if (privatePurposes.has(purpose)) return true;
  // Google writes its inner addresses as 2002:a05::.
  return embeddedAddresses(address).some((inner) => {
    const ofInner = purposeOf(inner);
    return ofInner !== undefined && privatePurposes.has(ofInner);
  });
}
