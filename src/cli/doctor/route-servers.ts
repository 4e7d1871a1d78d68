// Owns which mail servers of a route the configuration itself names, and what is said of those it does not.
import type { RouteConfig, UpstreamTarget } from '../../config/schema.ts';
import { targetAt } from '../../routing/target-plan.ts';
import { hostsOf } from '../../routing/upstream-hosts.ts';

export interface RouteServers {
  readonly named: readonly UpstreamTarget[];
  /** Who names the others; undefined when there are none. */
  readonly others: string | undefined;
}

/** Servers that are asked at most, so that a long table does not take all the time. */
const most = 16;

export function serversOf({ source, upstream }: RouteConfig): RouteServers {
  switch (source.kind) {
    case 'hosts':
      return { named: hostsOf(upstream), others: undefined };
    case 'table': {
      const named = Object.values(source.entries).map((server) => targetAt(server, upstream));
      const distinct = [
        ...new Map(named.map((each) => [`${each.host} ${each.port}`, each])).values(),
      ];
      const left = distinct.length - most;
      return {
        named: distinct.slice(0, most),
        others: left > 0 ? `${left} more servers of the table are not asked` : undefined,
      };
    }
    case 'login name':
      return { named: [], others: 'the server is named by each login name' };
    case 'destination':
      return { named: [], others: 'the server is where a diverted client wanted to go' };
    default:
      return { named: [], others: 'the server is found at each login' };
  }
}
