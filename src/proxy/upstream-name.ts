// Owns under which names is remembered what was heard from upstreams.
import type { UpstreamTarget } from '../config/schema.ts';
import type { UpstreamCapabilities } from '../pop3/capability.ts';
import { hostsOf } from '../routing/upstream-hosts.ts';
import { trustKey } from '../tls/upstream-trust.ts';
import type { KnownUpstreams } from '../upstream/known-upstreams.ts';

/**
 * What is the same upstream, in whatever configuration it is named: reached and verified in the same way,
 * so that nothing is believed over a verified connection that was heard over another.
 */
export function upstreamName(target: UpstreamTarget): string {
  const { host, port, tls, serverName } = target;
  return `${tls} ${host} ${port} ${serverName} ${trustKey(target)}`;
}

/** What is known of the servers of a route before a client says who it is. */
export function knownCapabilitiesOf(
  upstream: UpstreamTarget,
  known: KnownUpstreams,
): UpstreamCapabilities | undefined {
  for (const host of hostsOf(upstream)) {
    const capabilities = known.get(upstreamName(host));
    if (capabilities !== undefined) return capabilities;
  }
  return undefined;
}
