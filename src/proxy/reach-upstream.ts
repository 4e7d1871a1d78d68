// Owns the way to an upstream before any credential is sent: which of the candidates, in which order, and
// what is allowed. Once one of them has been reached, no other is tried: a password is sent once.

import type { LookupFunction } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Endpoint } from '../base/endpoint.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { RouteConfig, UpstreamTarget } from '../config/schema.ts';
import { formatHeader } from '../proxy-protocol/format.ts';
import type { Candidate, HostHealth } from '../routing/host-health.ts';
import { guardedLookup, type Resolve } from '../routing/lookups/guarded-lookup.ts';
import type { TargetOrigin, TargetPolicy } from '../routing/target-policy.ts';
import type { CoreMetrics } from '../telemetry/core-metrics.ts';
import type { VerifiedOptions } from '../tls/upgrade.ts';
import { UpstreamClient } from '../upstream/client.ts';
import { isFailureOfHost } from '../upstream/failure.ts';
import type { KnownUpstreams } from '../upstream/known-upstreams.ts';
import { upstreamName } from './upstream-name.ts';

export interface ReachServices {
  readonly clock: Clock;
  readonly metrics: CoreMetrics;
  readonly hostHealth: HostHealth;
  /** What each upstream has announced, by its name. */
  readonly knownCapabilities: KnownUpstreams;
  /** Finds the addresses of names that others than the configuration have chosen; by default as the system does. */
  readonly resolve?: Resolve;
  /** Where sessions of a route may be led to by others than the configuration. */
  policyOf(route: RouteConfig): TargetPolicy;
  /** TLS options of each upstream, read at start. */
  trustOf(target: UpstreamTarget): VerifiedOptions;
}

/** Who wants to go where. */
export interface Destination {
  readonly route: RouteConfig;
  readonly candidates: readonly (UpstreamTarget & Candidate)[];
  /** Who chose them. */
  readonly origin: TargetOrigin;
  /** What keeps a mailbox on one host. */
  readonly account: string;
  /** For upstreams that want to know. */
  readonly client: Endpoint;
  /** Of the session. */
  readonly log: Logger;
}

export interface Reached {
  readonly upstream: UpstreamClient;
  readonly target: UpstreamTarget;
}

/** The patience of a mail program is not longer than that of a few hosts that do not answer. */
const maxAttempts = 3;

/**
 * Opens the first candidate that can be reached and `accept` has nothing against. Throws what was wrong
 * with the last one; what was wrong with those before is logged here.
 */
export async function reachUpstream(
  destination: Destination,
  services: ReachServices,
  signal: AbortSignal,
  accept: (reached: Reached) => void,
): Promise<Reached> {
  const { route, candidates, account, log } = destination;
  const { clock, hostHealth, metrics } = services;
  const order = hostHealth.order(candidates, account, clock.monotonicMs()).slice(0, maxAttempts);
  const isOneOfSeveral = order.length > 1;
  for (const [index, candidate] of order.entries()) {
    if (isOneOfSeveral) hostHealth.trying(candidate, clock.monotonicMs());
    try {
      const reached = await reach(candidate, destination, services, signal);
      if (isOneOfSeveral) noteSuccess(candidate, destination, services);
      try {
        accept(reached);
      } catch (error) {
        reached.upstream.close();
        throw error;
      }
      return reached;
    } catch (error) {
      if (isOneOfSeveral && isFailureOfHost(error)) noteFailure(candidate, destination, services);
      if (error instanceof AppError && error.code === 'TARGET_FORBIDDEN') {
        metrics.targetForbidden(route.name, String(error.details['reason']));
      }
      if (signal.aborted || index === order.length - 1) throw error;
      metrics.hostPassedOver(route.name);
      const { host, port } = candidate;
      log.warn(
        { route: route.name, host, port, err: error },
        'upstream not reached, the next is tried',
      );
    }
  }
  throw new Error('a route has at least one server');
}

async function reach(
  candidate: UpstreamTarget,
  { route, origin, client }: Destination,
  services: ReachServices,
  signal: AbortSignal,
): Promise<Reached> {
  const policy = services.policyOf(route);
  const target = policy.check(candidate, origin);
  const lookup: LookupFunction | undefined =
    origin === 'configuration' ? undefined : guardedLookup(policy, target, services.resolve);
  const known = services.knownCapabilities.of(upstreamName(target));
  const trust = services.trustOf(target);
  const { clock } = services;
  const preamble = introductionOf(client, target);
  const place = { target, trust, clock, known, lookup, preamble };
  const upstream = await UpstreamClient.open(place, signal);
  return { upstream, target };
}

const versions = { v1: 1, v2: 2 } as const;

/** As if the client had connected to the upstream itself. */
function introductionOf(
  source: Endpoint,
  { proxyProtocol }: UpstreamTarget,
): ((upstream: Endpoint) => Buffer) | undefined {
  if (proxyProtocol === undefined) return undefined;
  return (destination) => formatHeader(versions[proxyProtocol], { source, destination });
}

function noteFailure(
  target: UpstreamTarget,
  { route, log }: Destination,
  { clock, hostHealth, metrics }: ReachServices,
): void {
  const { host, port } = target;
  const change = hostHealth.failed(target, clock.monotonicMs());
  metrics.hostsFailing(hostHealth.failingHosts);
  if (change === 'failing')
    log.warn({ route: route.name, host, port }, 'upstream host is passed over');
}

function noteSuccess(
  target: UpstreamTarget,
  { route, log }: Destination,
  { hostHealth, metrics }: ReachServices,
): void {
  const { host, port } = target;
  if (hostHealth.succeeded(target) === 'well') return;
  metrics.hostsFailing(hostHealth.failingHosts);
  log.info({ route: route.name, host, port }, 'upstream host is back');
}
