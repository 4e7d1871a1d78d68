// Owns the question to the directory of a route, where it has one: it says whether the login is good, and
// where it leads. Asked once for each login, behind the limits on failed ones.
import type { Clock } from '../base/clock.ts';
import type { Credentials } from '../base/secret.ts';
import type { ClientFacts } from '../plugin-api/context.ts';
import { parseReply } from '../pop3/reply.ts';
import { askDirectory } from '../routing/lookups/ask-directory.ts';
import { type TargetPlan, withAnswer } from '../routing/target-plan.ts';
import { refusedByUpstream } from '../upstream/failure.ts';
import { pause } from './logins/pause.ts';

export interface LookedUp {
  readonly credentials: Credentials;
  readonly client: ClientFacts;
  readonly attemptNumber: number;
  readonly signal: AbortSignal;
}

/** The plan as it is where nobody has to be asked. Throws UPSTREAM_LOGIN_REFUSED or LOOKUP_FAILED. */
export async function lookUp(
  plan: TargetPlan,
  { credentials, client, attemptNumber, signal }: LookedUp,
  clock: Clock,
): Promise<TargetPlan> {
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
