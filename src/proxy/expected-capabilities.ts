// Owns what CAPA may say before a login: only what holds wherever the login may lead.
import type { ClientFacts } from '../plugin-api/context.ts';
import { commonCapabilities, type UpstreamCapabilities } from '../pop3/capability.ts';
import type { Routes } from '../routing/route.ts';
import type { KnownUpstreams } from '../upstream/known-upstreams.ts';
import { connectionQuery } from './connection-query.ts';
import { knownCapabilitiesOf } from './upstream-name.ts';

export interface ExpectingServices {
  readonly routes: Routes;
  readonly knownCapabilities: KnownUpstreams;
}

/** Undefined while a server that the login may lead to is not known. */
export function expectedCapabilities(
  client: ClientFacts,
  { routes, knownCapabilities }: ExpectingServices,
): UpstreamCapabilities | undefined {
  const possible = routes.possible(connectionQuery(client));
  return commonCapabilities(
    possible.map(({ upstream }) => knownCapabilitiesOf(upstream, knownCapabilities)),
  );
}
