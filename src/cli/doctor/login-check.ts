// Owns one login at a mail server with the credentials of a person who asked for it. It is tried once,
// lists the maildrop and quits; nothing is fetched and nothing deleted.
import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Credentials } from '../../base/secret.ts';
import type { RouteConfig, UpstreamTarget } from '../../config/schema.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { readLoginName } from '../../routing/login-name.ts';
import { SrvRecords } from '../../routing/lookups/srv-records.ts';
import { planOf, type TargetPlan, withRecords } from '../../routing/target-plan.ts';
import { TargetPolicy } from '../../routing/target-policy.ts';
import { UpstreamTrust } from '../../tls/upstream-trust.ts';
import { UpstreamClient } from '../../upstream/client.ts';
import { KnownUpstream } from '../../upstream/known-upstreams.ts';
import { type Check, fail, ok, skipped } from './check.ts';
import { introductionTo } from './introduction.ts';

export function loginCheck(
  route: RouteConfig,
  credentials: Credentials,
  maxMessages: number,
): Check {
  return {
    subject: `login by route ${route.name}`,
    async *run(signal) {
      const name = readLoginName(credentials.user, route.loginName);
      // As of a client on this machine, of which no firewall has diverted anything.
      const plan = planOf(
        { route, name },
        { listener: '', clientAddress: '127.0.0.1', serverName: undefined, destination: undefined },
      );
      if (plan === undefined) {
        yield fail('this route has no server for this login name', 'See docs/routing.md.');
        return;
      }
      const found = await withSrvRecords(plan, signal);
      const [first] = found.candidates;
      if (first !== undefined) yield* tryOnce(found, first, credentials, maxMessages, signal);
      else if (plan.domain === undefined) {
        yield skipped('a directory tells the server at each login; it is not asked here');
      } else {
        yield fail(
          `there are no SRV records of POP3 for ${plan.domain}`,
          `Look at _pop3s._tcp.${plan.domain} and _pop3._tcp.${plan.domain} in DNS.`,
        );
      }
    },
  };
}

async function withSrvRecords(plan: TargetPlan, signal: AbortSignal): Promise<TargetPlan> {
  const { domain } = plan;
  if (domain === undefined) return plan;
  return withRecords(plan, domain, await new SrvRecords(systemClock).find(domain, signal));
}

async function* tryOnce(
  plan: TargetPlan,
  first: UpstreamTarget,
  credentials: Credentials,
  maxMessages: number,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis, void, void> {
  const { route, origin, user, password = credentials.password } = plan;
  let during = 'the choice of a server';
  try {
    const target = new TargetPolicy(route.targets).check(first, origin);
    yield ok(`leads to ${target.host} port ${target.port}, as ${user.toString('latin1')}`);
    const trust = (await UpstreamTrust.load(target)).optionsFor(target.serverName);
    const known = new KnownUpstream(systemClock);
    during = 'the connection';
    const header = introductionTo(target);
    const preamble = header && (() => header);
    const place = { target, trust, clock: systemClock, known, preamble };
    const client = await UpstreamClient.open(place, signal);
    during = 'the login';
    await client.logIn({ user, password });
    yield ok('the server accepts name and password');
    during = 'the list of messages';
    const { scan, uidls } = await client.list(maxMessages);
    await client.update([]);
    yield ok(`${scan.length} messages in the maildrop, ${uidls ? 'with' : 'without'} UIDL`);
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    yield fail(
      `${during} fails: ${error.clientText}`,
      `See docs/errors.md, ${error.code}. It was tried once, so as not to have the account locked.`,
    );
  }
}
