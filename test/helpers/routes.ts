// Owns routes for tests of routing, from their keys as in the YAML.
import { routeSchema } from '../../src/config/route-schema.ts';
import type { RouteConfig } from '../../src/config/schema.ts';

/** Without what has to be read from files. */
export function parseRoute(keys: object): RouteConfig {
  const { upstream, directory, ...route } = routeSchema.parse(keys);
  return {
    ...route,
    directory: directory && { ...directory, header: undefined },
    upstream: { ...upstream, certificate: undefined },
  };
}
