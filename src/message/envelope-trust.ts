// Owns which hosts are the mail provider's own, by their names and addresses. Pure.
import { NetworkSet } from '../base/network.ts';
import { isNumberedName } from '../base/numbered-name.ts';
import { isUnder } from '../base/registrable-domain.ts';
import { embeddedAddresses, type Purpose, purposeOf } from '../base/special-networks.ts';
import type { Received } from './received.ts';

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

/**
 * How a client is known to be the provider's own host. `unclear`: its address is private, yet it greets
 * as a host elsewhere. Where all of the world comes through a translation of addresses, senders look so.
 */
export function relayKind(
  { client, protocol = '' }: Pick<Received, 'client' | 'protocol'>,
  trust: EnvelopeTrust,
): 'address' | 'name' | 'unclear' | undefined {
  const { address, name, nameProof } = client ?? {};
  if (address === undefined) return undefined;
  if (trust.networks.contains(address)) return 'address';
  if (isPrivate(address)) {
    // RFC 2033 s.5: LMTP is not spoken between networks.
    const isInner = protocol.startsWith('lmtp') || isInnerGreeting(name ?? client?.helo, trust);
    return isInner ? 'address' : 'unclear';
  }
  if (name === undefined || nameProof !== 'checked' || !isAnyUnder(name, trust.relays)) {
    return undefined;
  }
  return isNumberedName(name, address) ? undefined : 'name';
}

function isInnerGreeting(greeting: string | undefined, trust: EnvelopeTrust): boolean {
  if (greeting === undefined) return true;
  const host = greeting.toLowerCase().replace(/^\[(?:ipv6:)?|\]$/g, '');
  return isInnerHost(host) || isAnyUnder(host, trust.writers) || isAnyUnder(host, trust.relays);
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
