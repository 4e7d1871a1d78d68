// Owns one login: the route, the plugins around it, the upstream session, the maildrop.
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Credentials } from '../base/secret.ts';
import type { LimitsConfig, UpstreamTarget } from '../config/schema.ts';
import type { AnnouncedSizes } from '../pipeline/announced-sizes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { AccountFacts, SessionFacts, UpstreamFacts } from '../plugin-api/context.ts';
import type { TextMode, UpstreamCapabilities } from '../pop3/capability.ts';
import type { Routes } from '../routing/route.ts';
import type { TargetPlan } from '../routing/target-plan.ts';
import type { KeptOriginals } from '../session/deletion.ts';
import { Maildrop } from '../session/maildrop.ts';
import type { AccountKey } from '../stores/store.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import { connectionQuery } from './connection-query.ts';
import { type GuardServices, guardedLogin } from './logins/guarded-login.ts';
import { type LookUpServices, lookUp, settlePlace } from './look-up.ts';
import { type KeepingServices, readChanges } from './maildrop-changes.ts';
import { type ReachServices, reachUpstream } from './reach-upstream.ts';

export interface LoginServices
  extends KeepingServices,
    GuardServices,
    ReachServices,
    LookUpServices {
  readonly pipeline: Pipeline;
  readonly limits: LimitsConfig;
  readonly routes: Routes;
  readonly sizes: AnnouncedSizes;
}

export interface LoginAttempt {
  readonly credentials: Credentials;
  readonly textMode: TextMode;
  /** From 1, in one session. */
  readonly attemptNumber: number;
  /** Printable form of the user name. */
  readonly user: string;
  readonly session: SessionFacts;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface LoggedIn {
  readonly upstream: UpstreamClient;
  /** The one of the candidates that was reached. */
  readonly target: UpstreamTarget;
  readonly facts: AccountFacts;
  readonly key: AccountKey;
  readonly maildrop: Maildrop;
  readonly capabilities: UpstreamCapabilities;
  readonly keptOriginals: KeptOriginals;
}

/** A user name for people and logs: octets that could do harm there are written as \xNN. */
export function printableUser(user: Buffer): string {
  return user
    .toString('latin1')
    .replaceAll(
      /[^\x20-\x7e]|\\/g,
      (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

/** Where this login leads. */
export function planLogin(
  { credentials, session }: Pick<LoginAttempt, 'credentials' | 'session'>,
  routes: Routes,
): TargetPlan {
  return routes.getPlan({ ...connectionQuery(session.client), loginName: credentials.user });
}

/** Logs in upstream, once, and reads the maildrop. Leaves no connection open when it rejects. */
export async function logIn(
  attempt: LoginAttempt,
  planned: TargetPlan,
  services: LoginServices,
): Promise<LoggedIn> {
  const { textMode, attemptNumber, user, session, log, signal } = attempt;
  const plan = await settlePlace(planned, services, signal);
  const { pipeline, limits } = services;
  const { route, origin } = plan;
  const { client } = session;
  const credentials = { ...attempt.credentials, user: plan.mailbox };
  let target = plan.candidates[0] ?? route.upstream;
  const demand: { minVersion: 'TLSv1.2' | 'TLSv1.3' | undefined } = { minVersion: undefined };
  let upstream: UpstreamClient | undefined;
  const upstreamFacts = (): UpstreamFacts => ({
    host: target.host,
    port: target.port,
    tlsMode: target.tls,
    tls: upstream?.tls,
  });
  const account = printableUser(plan.mailbox);
  const key: AccountKey = { user: account, upstreamHost: plan.place, textMode };
  let listed: Pick<LoggedIn, 'maildrop' | 'capabilities' | 'keptOriginals'> | undefined;
  try {
    const facts = {
      session,
      user,
      get upstream() {
        return upstreamFacts();
      },
      requireUpstreamTls(minVersion: 'TLSv1.2' | 'TLSv1.3') {
        if (demand.minVersion !== 'TLSv1.3') demand.minVersion = minVersion;
      },
    };
    await pipeline.access.logIn(facts, async () => {
      const { upstreamHost } = key;
      const clientAddress = client.address;
      const guarded = { clientAddress, loginName: user, upstreamHost, credentials, signal };
      refuseUnencrypted(plan.candidates, demand.minVersion);
      await guardedLogin(guarded, services, async () => {
        const asked = { credentials, client, attemptNumber, signal };
        const { candidates, user: told, password } = await lookUp(plan, asked, services);
        refuseUnencrypted(candidates, demand.minVersion);
        const destination = { route, candidates, origin, account, client, log };
        ({ upstream, target } = await reachUpstream(destination, services, signal, (reached) =>
          refuseOldTls(reached.upstream, demand.minVersion),
        ));
        await upstream.logIn({ user: told, password: password ?? credentials.password }, textMode);
      });
      if (upstream === undefined) throw new Error('login did not happen');
      const { scan, uidls, capabilities } = await upstream.list(limits.maxMessages);
      const announce = services.sizes.of(key);
      const names = uidls?.map(({ uidl }) => uidl) ?? [];
      const changes = await readChanges(key, names, services);
      const maildrop = new Maildrop(scan, uidls, announce, changes);
      listed = { maildrop, capabilities, keptOriginals: changes.keptOriginals };
    });
    if (upstream === undefined || listed === undefined) throw new Error('login did not happen');
    return {
      upstream,
      target,
      facts: {
        user,
        route: route.name,
        upstream: upstreamFacts(),
        maildrop: { user: account, upstreamHost: plan.place },
      },
      key,
      ...listed,
    };
  } catch (error) {
    upstream?.close();
    throw error;
  }
}

function policyFailure(publicText: string): AppError {
  return new AppError('UPSTREAM_TLS_POLICY', {
    fault: 'upstream',
    publicText,
    responseCode: 'SYS/PERM',
  });
}

/** Seen before any connection is made. */
function refuseUnencrypted(
  candidates: readonly UpstreamTarget[],
  minVersion: string | undefined,
): void {
  if (minVersion === undefined || candidates.every(({ tls }) => tls !== 'none')) return;
  throw policyFailure('TLS towards the mail server is required');
}

/** Seen before any credential is sent. */
function refuseOldTls(upstream: UpstreamClient, minVersion: string | undefined): void {
  if (minVersion !== 'TLSv1.3' || upstream.tls?.protocol === 'TLSv1.3') return;
  throw policyFailure('the mail server does not offer a TLS version that is required');
}
