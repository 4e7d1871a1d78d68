// Owns whether the client address of a login is one of many users, whose failures say nothing of each other.
import { type Network, NetworkSet } from '../../base/network.ts';
import type { LoginsConfig } from '../../config/schema.ts';
import type { LoginKeys } from './login-gate.ts';

/** By the list as the configuration has it, which never changes. */
const sets = new WeakMap<readonly Network[], NetworkSet>();

export function isSharedAddress(
  { network }: LoginKeys,
  { sharedAddresses }: Pick<LoginsConfig, 'sharedAddresses'>,
): boolean {
  if (sharedAddresses.length === 0) return false;
  const set = sets.get(sharedAddresses) ?? new NetworkSet(sharedAddresses);
  sets.set(sharedAddresses, set);
  return set.contains(network.split('/', 1)[0] ?? '');
}
