// Owns what a login leads to: the servers that may be tried, and what makes its maildrop the same one
// whichever of them has it. Pure.
import { parseHost } from '../base/host-name.ts';
import { Secret } from '../base/secret.ts';
import type { NamedServer } from '../config/named-server.ts';
import { findProvider, providerLogin } from '../config/providers.ts';
import type { RouteConfig, UpstreamTarget } from '../config/schema.ts';
import type { DirectoryAnswer } from './directory-message.ts';
import { domainOf } from './domain.ts';
import type { LoginName } from './login-name.ts';
import { rewriteUser } from './login-name.ts';
import type { ConnectionQuery, RouteMatch } from './route.ts';
import { orderSrv, type SrvRecord, srvServerName } from './srv-order.ts';
import type { TargetOrigin } from './target-policy.ts';
import { findServer } from './target-table.ts';
import { hostsOf } from './upstream-hosts.ts';

export interface TargetPlan {
  readonly route: RouteConfig;
  /** What the server is told. */
  readonly user: Buffer;
  /** By whom the maildrop is known. */
  readonly mailbox: Buffer;
  /** In place of what the client has sent. */
  readonly password?: Secret | undefined;
  readonly origin: TargetOrigin;
  /** All of them have the same maildrops. None while a directory has to be asked. */
  readonly candidates: readonly UpstreamTarget[];
  /** Whose SRV records say where. */
  readonly domain?: string | undefined;
  /** Where the maildrop is, by a name that does not change from one candidate to the next. */
  readonly place: string;
  /**
   * That a server known by its address has to prove. It says more than the address, of which it may have
   * several; but a certificate may be good for the names of other servers too.
   */
  readonly provenName?: string | undefined;
}

/** Undefined when the route, as it turns out, has no server for this session. */
export function planOf(
  { route, name }: RouteMatch,
  connection: ConnectionQuery,
): TargetPlan | undefined {
  const user = rewriteUser(name.user, route.loginName.rewrite);
  const told = { route, user, mailbox: user };
  if (route.source.kind === 'directory') {
    // Its answers may change from one login to the next; a host name has no blank.
    return { ...told, origin: 'lookup', candidates: [], place: `route ${route.name}` };
  }
  if (route.source.kind === 'srv') {
    const domain = parseHost(domainOf(name.user) ?? '');
    if (domain?.kind !== 'name') return undefined;
    return {
      ...told,
      origin: 'lookup',
      candidates: [],
      place: `domain ${domain.text}`,
      domain: domain.text,
    };
  }
  const found = candidatesOf(route, name, connection);
  const [first] = found?.candidates ?? [];
  if (found === undefined || first === undefined) return undefined;
  const { origin, candidates, provenName } = found;
  return { ...told, origin, candidates, place: placeOf(first.host, first.port), provenName };
}

/** The plan once it is known that the proven name leads to this server as well. */
export function withName(plan: TargetPlan, name: string): TargetPlan {
  const [first] = plan.candidates;
  return { ...plan, place: placeOf(name, first?.port ?? plan.route.upstream.port) };
}

/** The plan with what a directory has answered. */
export function withAnswer(
  plan: TargetPlan,
  { host, port, user = plan.user, password }: FoundServer,
): TargetPlan {
  const target = targetAt({ host, port }, plan.route.upstream);
  return { ...plan, user, password: password && new Secret(password), candidates: [target] };
}

/** The plan with what SRV records have told: those for implicit TLS first, as RFC 8314 s.3 prefers it. */
export function withRecords(plan: TargetPlan, domain: string, answer: SrvAnswer): TargetPlan {
  const { upstream } = plan.route;
  const mailbox = plan.mailbox.toString('latin1');
  const modes = ['implicit', 'stls'] as const;
  const found = modes.flatMap((tls) =>
    orderSrv(answer[tls], mailbox).map((server) => ({ ...server, tls })),
  );
  const candidates = found.map(({ tls, ...server }, tier) => ({
    ...targetAt(server, upstream),
    tls,
    tier,
    serverName:
      upstream.serverName === '' ? srvServerName(server.host, domain) : upstream.serverName,
  }));
  return { ...plan, candidates };
}

/** By kind of encryption. */
type SrvAnswer = Readonly<Record<'implicit' | 'stls', readonly SrvRecord[]>>;

type FoundServer = Extract<DirectoryAnswer, { kind: 'found' }>;

interface Found {
  readonly origin: TargetOrigin;
  readonly candidates: readonly UpstreamTarget[];
  readonly provenName?: string | undefined;
}

function candidatesOf(
  { source, upstream }: RouteConfig,
  { user, asked }: LoginName,
  { destination, serverName }: ConnectionQuery,
): Found | undefined {
  switch (source.kind) {
    case 'hosts':
      return { origin: 'configuration', candidates: hostsOf(upstream) };
    case 'login name':
      if (asked === undefined) return undefined;
      return { origin: 'login name', candidates: [askedTarget(asked, upstream)] };
    case 'table': {
      const server = findServer(source.entries, user);
      return server && { origin: 'configuration', candidates: [targetAt(server, upstream)] };
    }
    case 'destination': {
      if (destination === undefined) return undefined;
      const target = divertedTarget(destination, upstream, serverName);
      const isProven = target.tls !== 'none' && target.verify === 'full';
      const isNamed = isProven && target.serverName !== target.host;
      const provenName = isNamed ? target.serverName : undefined;
      return { origin: 'intercepted', candidates: [target], provenName };
    }
    case 'provider': {
      const provider = findProvider(domainOf(user) ?? '');
      if (provider === undefined) return undefined;
      const target = targetAt({ host: provider.host, port: undefined }, upstream);
      const login = providerLogin(upstream.login, provider);
      return { origin: 'configuration', candidates: [{ ...target, login }] };
    }
    case 'directory':
    case 'srv':
      return undefined;
  }
}

export function targetAt(server: NamedServer, upstream: UpstreamTarget): UpstreamTarget {
  const host = parseHost(server.host)?.text ?? server.host;
  const port = server.port ?? upstream.port;
  const serverName = upstream.serverName === '' ? host : upstream.serverName;
  return { ...upstream, ...encryption(port, upstream), host, port, serverName, hosts: [] };
}

function askedTarget(
  { tls, ...server }: NonNullable<LoginName['asked']>,
  upstream: UpstreamTarget,
): UpstreamTarget {
  if (tls === undefined) return targetAt(server, upstream);
  return { ...targetAt({ ...server, port: server.port ?? 995 }, upstream), tls };
}

function divertedTarget(
  { address, port }: NonNullable<ConnectionQuery['destination']>,
  upstream: UpstreamTarget,
  serverName: string | undefined,
): UpstreamTarget {
  const isUsual = port === 110 || port === 995;
  const target = targetAt({ host: address, port: isUsual ? upstream.port : port }, upstream);
  const isGiven = upstream.serverName !== '';
  return isGiven || serverName === undefined ? target : { ...target, serverName };
}

/** RFC 8314 s.3: port 995 begins with TLS and 110 does not. What has to be encrypted is, either way. */
function encryption(port: number, { tls }: UpstreamTarget): Pick<UpstreamTarget, 'tls'> {
  if (port === 995) return { tls: 'implicit' };
  return { tls: port === 110 && tls === 'implicit' ? 'stls' : tls };
}

/** Whose maildrops are the same, whichever way in: servers on other ports have other users. */
export function placeOf(host: string, port: number): string {
  if (standardPorts.has(port)) return host;
  // RFC 3986 s.3.2.2: otherwise the port of an IPv6 address reads as the end of another address.
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** RFC 1939 s.3, RFC 8314 s.7.1. */
const standardPorts: ReadonlySet<number> = new Set([110, 995]);
