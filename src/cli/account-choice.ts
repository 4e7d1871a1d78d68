// Owns which maildrop is meant by a login name on the command line: the one that a login with it leads to.
import type { Config } from '../config/schema.ts';
import type { LessonAccount } from '../plugin-api/lesson.ts';
import { printableUser } from '../proxy/log-in.ts';
import { Routes } from '../routing/route.ts';
import { CliError, exitCodes } from './failure.ts';

export interface AccountChoice {
  readonly account?: string;
  readonly host?: string;
}

/** Undefined without --account: all accounts. */
export function accountFor(
  { account, host }: AccountChoice,
  config: Config,
): LessonAccount | undefined {
  if (account === undefined) {
    if (host === undefined) return undefined;
    throw new CliError(['--host needs --account.'], exitCodes.configuration);
  }
  if (host !== undefined) return { user: account, upstreamHost: host };
  const found = new Map<string, LessonAccount>();
  const routes = new Routes(config.routes);
  for (const { name } of config.listeners) {
    const plan = routes.findPlan({
      listener: name,
      clientAddress: '127.0.0.1',
      serverName: undefined,
      destination: undefined,
      loginName: Buffer.from(account),
    });
    if (plan === undefined) continue;
    found.set(plan.place, { user: printableUser(plan.mailbox), upstreamHost: plan.place });
  }
  const [only, ...others] = found.values();
  if (only !== undefined && others.length === 0) return only;
  const places = [...found.keys()].join(' or ');
  throw new CliError(
    [
      only === undefined
        ? `The configuration does not say at which server ${account} is: name it with --host.`
        : `${account} may be at several servers: say which with --host, ${places}.`,
      'postern spam list and postern quarantine list show the names of servers.',
    ],
    exitCodes.configuration,
  );
}
