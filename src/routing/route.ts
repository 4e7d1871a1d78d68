// Owns the choice of a route: the first whose conditions a session meets. A route that has its server from
// somewhere else than the configuration is for sessions that have one there. Pure.
import { AppError } from '../base/errors.ts';
import { matchesGlob } from '../base/glob.ts';
import { NetworkSet } from '../base/network.ts';
import type { RouteConfig } from '../config/schema.ts';
import { domainOf, plainDomain } from './domain.ts';
import { type LoginName, readLoginName } from './login-name.ts';
import { planOf, type TargetPlan } from './target-plan.ts';

/** What is known of a session before its login. */
export interface ConnectionQuery {
  readonly listener: string;
  readonly clientAddress: string;
  /** That the client asked for in the TLS handshake (SNI). */
  readonly serverName: string | undefined;
  /** Where the client wanted to go before a firewall diverted it. */
  readonly destination: { readonly address: string; readonly port: number } | undefined;
}

/** What a route is chosen by. */
export interface RouteQuery extends ConnectionQuery {
  readonly loginName: Buffer;
}

export interface RouteMatch {
  readonly route: RouteConfig;
  /** As this route reads it. */
  readonly name: LoginName;
}

/** What a condition says while the login name is not known. */
type Answer = 'yes' | 'no' | 'depends';

interface Entry {
  readonly route: RouteConfig;
  readonly clients: NetworkSet | undefined;
  readonly destinations: NetworkSet | undefined;
  readonly domains: readonly string[] | undefined;
}

export class Routes {
  readonly #entries: readonly Entry[];

  constructor(routes: readonly RouteConfig[]) {
    this.#entries = routes.map((route) => ({
      route,
      clients: route.clients && new NetworkSet(route.clients),
      destinations: route.destinations && new NetworkSet(route.destinations),
      domains: route.domains?.map(plainDomain),
    }));
  }

  /** By the first route that fits; undefined when there is none for this client and name. */
  findPlan(query: RouteQuery): TargetPlan | undefined {
    for (const entry of this.#entries) {
      if (!fitsConnection(entry, query)) continue;
      const name = readLoginName(query.loginName, entry.route.loginName);
      if (entry.domains !== undefined && !fitsAny(entry.domains, domainOf(name.user))) continue;
      const plan = planOf({ route: entry.route, name }, query);
      if (plan !== undefined) return plan;
    }
    return undefined;
  }

  getPlan(query: RouteQuery): TargetPlan {
    const plan = this.findPlan(query);
    if (plan !== undefined) return plan;
    const { listener, serverName, destination } = query;
    throw new AppError('NO_ROUTE', {
      fault: 'config',
      publicText: 'no mail server is configured for this login',
      responseCode: 'SYS/PERM',
      details: { listener, serverName, destination },
    });
  }

  /** All that the session may take, whatever its login name will be. */
  possible(query: ConnectionQuery): readonly RouteConfig[] {
    const possible: RouteConfig[] = [];
    for (const entry of this.#entries) {
      const answer = answerBeforeLogin(entry, query);
      if (answer !== 'no') possible.push(entry.route);
      if (answer === 'yes') break;
    }
    return possible;
  }
}

function answerBeforeLogin(entry: Entry, query: ConnectionQuery): Answer {
  if (!fitsConnection(entry, query)) return 'no';
  if (entry.domains !== undefined) return 'depends';
  switch (entry.route.source.kind) {
    case 'hosts':
      return 'yes';
    case 'destination':
      return query.destination === undefined ? 'no' : 'yes';
    case 'directory':
    case 'login name':
    case 'provider':
    case 'srv':
    case 'table':
      return 'depends';
  }
}

function fitsConnection({ route, clients, destinations }: Entry, query: ConnectionQuery): boolean {
  const { listeners, serverNames } = route;
  return (
    (listeners?.includes(query.listener) ?? true) &&
    (clients?.contains(query.clientAddress) ?? true) &&
    (destinations?.contains(query.destination?.address ?? '') ?? true) &&
    (serverNames === undefined || fitsAny(serverNames, query.serverName))
  );
}

function fitsAny(patterns: readonly string[], name: string | undefined): boolean {
  return name !== undefined && patterns.some((pattern) => matchesGlob(pattern, name));
}
