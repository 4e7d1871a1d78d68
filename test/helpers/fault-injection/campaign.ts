// Owns the run of all accounts side by side until enough has been delivered and everything has happened
// that was to be shown.
import { Account, type Sabotage } from './account.ts';
import { startBed } from './bed.ts';
import { type FaultKind, faultKinds } from './plan.ts';
import { Random } from './random.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly deliveries: number;
  /** Each is one session at a time. */
  readonly accounts: number;
  readonly plainAccounts: number;
  readonly deadlineMs: number;
}

/** A short one, to see that a planted defect is found: there nothing has to happen. */
export interface SabotagedCampaignOptions extends CampaignOptions {
  readonly sabotage: Sabotage;
}

export interface CampaignResult {
  readonly deliveries: number;
  readonly sessions: number;
  readonly table: readonly string[];
  /** What was to happen and did not. */
  readonly missing: readonly string[];
}

/** Sessions beyond what was asked for, each for one thing that has not happened yet. */
const mostExtraSessions = 400;

export async function runCampaign(
  options: CampaignOptions | SabotagedCampaignOptions,
): Promise<CampaignResult> {
  const random = new Random(options.seed);
  const sabotage = 'sabotage' in options ? options.sabotage : undefined;
  await using bed = await startBed({ ...options, random });
  const endMs = performance.now() + options.deadlineMs;
  const stop = new AbortController();
  let deliveries = 0;
  let sessions = 0;
  let extra = 0;

  /** What the next session has to break; undefined when there is nothing more to do. */
  const nextFaults = (opening: FaultKind | undefined): readonly FaultKind[] | undefined => {
    stop.signal.throwIfAborted();
    if (performance.now() > endMs) throw new Error('the campaign takes too long');
    sessions += 1;
    if (sabotage === undefined && opening !== undefined) return [opening];
    if (deliveries < options.deliveries) return [];
    if (sabotage !== undefined) return undefined;
    bed.countReasons();
    if (bed.tally.missing.length === 0 || extra >= mostExtraSessions) return undefined;
    extra += 1;
    const unseen = faultKinds.filter((kind) => bed.tally.of('fault', kind) === 0);
    const fault = unseen[extra % Math.max(1, unseen.length)];
    return fault === undefined ? [] : [fault];
  };

  const accounts = bed.residents.map(
    (resident, index) => new Account(bed, resident, random.fork(index), sabotage),
  );
  // The first sessions break each thing once, always in the same account; plain ones are no help.
  const openingOf = (index: number, session: number): FaultKind | undefined =>
    index < options.accounts ? faultKinds[session * options.accounts + index] : undefined;
  const runs = accounts.map(async (account, index) => {
    try {
      for (let session = 0; ; session++) {
        const faults = nextFaults(openingOf(index, session));
        if (faults === undefined) return;
        const delivered = await account.session(faults);
        deliveries += delivered;
      }
    } catch (error) {
      if (!stop.signal.aborted) stop.abort(error);
    }
  });
  await Promise.all(runs);
  stop.signal.throwIfAborted();
  const problems = (await Promise.all(accounts.map((account) => account.audit()))).flat();
  problems.push(...(await bed.reloadProblems()));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  bed.countReasons();
  return { deliveries, sessions, table: bed.tally.table(), missing: bed.tally.missing };
}
