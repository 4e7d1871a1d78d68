// Owns at which upstreams messages may be fetched that the client has not asked for.
import { collectingHosts } from '../config/providers.ts';
import type { UpstreamTarget } from '../config/schema.ts';
import type { UpstreamCapabilities } from '../pop3/capability.ts';

/** `EXPIRE 0`: the server may delete at QUIT what was retrieved (RFC 2449 s.6.7). */
const deletesWhatIsRetrieved = /^0+(?: |$)/;

export function mayReadAhead(
  { host, readAhead }: Pick<UpstreamTarget, 'host' | 'readAhead'>,
  { expire }: Pick<UpstreamCapabilities, 'expire'>,
): 'on' | 'off' {
  // RFC 1034 s.3.1: a name may end with the dot of the root.
  const name = host.toLowerCase().replace(/\.$/, '');
  if (readAhead === 'off' || collectingHosts.has(name)) return 'off';
  return expire !== undefined && deletesWhatIsRetrieved.test(expire) ? 'off' : 'on';
}
