// Owns the step from the settings of a route to the servers that it names itself.
import type { UpstreamTarget } from '../config/schema.ts';

/** One target for each host of the route, all alike but for their names; none where others name them. */
export function hostsOf(upstream: UpstreamTarget): readonly UpstreamTarget[] {
  if (upstream.hosts.length === 1) return [upstream];
  return upstream.hosts.map((named) => ({ ...upstream, ...named }));
}
