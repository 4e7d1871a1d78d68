// Owns the question whether a name leads to an address. The DNS is asked directly: getaddrinfo(3) would hold
// a thread that all sessions need, for as long as whoever owns the name wants.
import { Resolver } from 'node:dns/promises';
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { parseHost } from '../../base/host-name.ts';
import { toAddress } from '../../base/network.ts';
import { lookupFailed } from './lookup-failed.ts';

export type ResolveAddresses = (name: string, type: 'A' | 'AAAA') => Promise<readonly string[]>;

export interface NameServices {
  readonly clock: Clock;
  /** By default the DNS. */
  readonly resolveAddresses?: ResolveAddresses;
}

/** A resolver that takes longer is as good as none. */
const deadlineMs = 3_000;

/** False where nobody knows. Throws the reason of the signal. */
export async function leadsTo(
  name: string,
  address: string,
  { clock, resolveAddresses = resolveBySystem }: NameServices,
  signal: AbortSignal,
): Promise<boolean> {
  if (parseHost(name)?.kind !== 'name') return false;
  try {
    const found = await withDeadline(
      clock,
      deadlineMs,
      signal,
      () => resolveAddresses(name, address.includes(':') ? 'AAAA' : 'A'),
      () => lookupFailed('no answer in time'),
    );
    return found.some((each) => toAddress(each) === address);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function resolveBySystem(name: string, type: 'A' | 'AAAA'): Promise<string[]> {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  return type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name);
}
