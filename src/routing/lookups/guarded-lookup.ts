// Owns the resolution of names that somebody else chose: what a connection is made to has passed the
// policy, since it is made to the very addresses that were checked here and to no others.
import { type LookupAddress, type LookupAllOptions, lookup as lookupName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { forbidden, type HostPort, type TargetPolicy } from '../target-policy.ts';

/** `dns.lookup` with `all`. */
export type Resolve = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/**
 * For `net.connect`. Addresses that the policy does not allow are left out: a name may have an address
 * inside and one outside. A name that has no other is refused with TARGET_FORBIDDEN.
 */
export function guardedLookup(
  policy: Pick<TargetPolicy, 'closedPurpose'>,
  target: HostPort,
  resolve: Resolve = lookupName,
): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const purposes = addresses.map(({ address }) => policy.closedPurpose(address));
      const allowed = addresses.filter((_, index) => purposes[index] === undefined);
      const [first] = allowed;
      if (first === undefined) {
        const [purpose] = purposes;
        callback(forbidden(target, 'not public', { purpose, resolved: addresses[0]?.address }), []);
      } else if (options.all === true) {
        callback(null, allowed.slice());
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}
