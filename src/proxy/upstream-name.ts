// Owns under which names upstreams are remembered: by what was heard from them, and by whose mail they have.
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

/**
 * Whose maildrops are the same, whichever way in and whichever host of several: servers on other ports
 * have other users.
 */
export function maildropHost({ hosts, host, port }: UpstreamTarget): string {
  const name = hosts.some((each) => each.host === host) ? (hosts[0]?.host ?? host) : host;
  if (standardPorts.has(port)) return name;
  // RFC 3986 s.3.2.2: otherwise the port of an IPv6 address reads as the end of another address.
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

/** RFC 1939 s.3, RFC 8314 s.7.1. */
const standardPorts = new Set([110, 995]);
