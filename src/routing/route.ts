// Owns the choice of an upstream for a session: the first route that matches.
import { AppError } from '../base/errors.ts';
import type { RouteConfig } from '../config/schema.ts';

/** What a route may be chosen by. */
export interface RouteQuery {
  readonly listener: string;
}

/** The first matching route. The configuration guarantees one per listener. */
export function getRoute(routes: readonly RouteConfig[], query: RouteQuery): RouteConfig {
  const found = routes.find(
    (route) => route.listeners === undefined || route.listeners.includes(query.listener),
  );
  if (found !== undefined) return found;
  throw new AppError('NO_ROUTE', {
    fault: 'config',
    publicText: 'no mail server is configured for this listener',
    responseCode: 'SYS/PERM',
    details: { ...query },
  });
}
