// Owns the questions that are left when a login has its plan. Whose maildrop it is comes first, since limits
// on failed logins go by it; behind these, the directory of the route is asked, or the DNS, where it leads.
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { ClientFacts } from '../plugin-api/context.ts';
import { parseReply } from '../pop3/reply.ts';
import { askDirectory } from '../routing/lookups/ask-directory.ts';
import { leadsTo, type NameServices } from '../routing/lookups/leads-to.ts';
import type { SrvRecords } from '../routing/lookups/srv-records.ts';
import { type TargetPlan, withAnswer, withName, withRecords } from '../routing/target-plan.ts';
import { refusedByUpstream } from '../upstream/failure.ts';
import { pause } from './logins/pause.ts';

export interface LookUpServices extends NameServices {
  readonly srvRecords: SrvRecords;
}

export interface LookedUp {
  readonly credentials: Credentials;
  readonly client: ClientFacts;
  readonly attemptNumber: number;
  readonly signal: AbortSignal;
}

/**
 * A client may ask for any name that the certificate of its server is good for: with a wildcard, for that
 * of a server with other users. So a name counts where it leads to the very server.
 */
export async function settlePlace(
  plan: TargetPlan,
  services: NameServices,
  signal: AbortSignal,
): Promise<TargetPlan> {
  const { provenName, candidates } = plan;
  const [target] = candidates;
  if (provenName === undefined || target === undefined) return plan;
  const isThere = await leadsTo(provenName, target.host, services, signal);
  return isThere ? withName(plan, provenName) : plan;
}

/** The plan as it is where nobody has to be asked. Throws UPSTREAM_LOGIN_REFUSED, LOOKUP_FAILED or LOOKUP_EMPTY. */
export async function lookUp(
  plan: TargetPlan,
  { credentials, client, attemptNumber, signal }: LookedUp,
  { clock, srvRecords }: LookUpServices,
): Promise<TargetPlan> {
  if (plan.domain !== undefined) return byRecords(plan, plan.domain, srvRecords, signal);
  const { directory } = plan.route;
  if (directory === undefined) return plan;
  const question = {
    credentials: { ...credentials, user: plan.user },
    clientAddress: client.address,
    attempt: attemptNumber,
    tls: client.tls,
  };
  const answer = await askDirectory(directory, question, clock, signal);
  if (answer.kind === 'found') return withAnswer(plan, answer);
  await pause(answer.waitMs, clock, signal);
  // In the words that follow -ERR with nginx, so a response code may stand in front of them.
  const reply = parseReply(Buffer.from(`-ERR ${answer.text}`, 'latin1'));
  throw refusedByUpstream('UPSTREAM_LOGIN_REFUSED', reply, { by: 'directory' });
}

async function byRecords(
  plan: TargetPlan,
  domain: string,
  srvRecords: SrvRecords,
  signal: AbortSignal,
): Promise<TargetPlan> {
  const found = withRecords(plan, domain, await srvRecords.find(domain, signal));
  if (found.candidates.length > 0) return found;
  throw new AppError('LOOKUP_EMPTY', {
    fault: 'client',
    publicText: 'no mail server is known for the domain of this login',
    responseCode: 'SYS/PERM',
    details: { domain },
  });
}
