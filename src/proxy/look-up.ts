// Owns the questions that are left when a login has its plan: to the directory of the route, which says
// whether the login is good and where it leads, or to the DNS. Asked behind the limits on failed logins.
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Credentials } from '../base/secret.ts';
import type { ClientFacts } from '../plugin-api/context.ts';
import { parseReply } from '../pop3/reply.ts';
import { askDirectory } from '../routing/lookups/ask-directory.ts';
import type { SrvRecords } from '../routing/lookups/srv-records.ts';
import { type TargetPlan, withAnswer, withRecords } from '../routing/target-plan.ts';
import { refusedByUpstream } from '../upstream/failure.ts';
import { pause } from './logins/pause.ts';

export interface LookUpServices {
  readonly clock: Clock;
  readonly srvRecords: SrvRecords;
}

export interface LookedUp {
  readonly credentials: Credentials;
  readonly client: ClientFacts;
  readonly attemptNumber: number;
  readonly signal: AbortSignal;
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
