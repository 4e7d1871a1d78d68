// Owns the time of a check-up: all checks at once, each with a limit, and one for all of them together.
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { AppError } from '../../base/errors.ts';
import { Turns } from '../../base/turns.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';
import { type Check, fail, type Report, reasonOf } from './check.ts';

export interface CheckLimits {
  readonly eachMs: number;
  readonly allMs: number;
}

/** Enough for every route of most configurations, and no flood for a name server or a mail server. */
const atATime = 16;

/** What was found, in the order of the checks, each as soon as those before it are done. */
export async function* runChecks(
  checks: readonly Check[],
  clock: Clock,
  limits: CheckLimits,
): AsyncGenerator<Report, void, void> {
  const end = new AbortController();
  const timer = clock.after(limits.allMs, () => end.abort(tooLate(limits.allMs)));
  const turns = new Turns(atATime);
  try {
    const running = checks.map((check) =>
      reportsOf(check, turns, clock, limits.eachMs, end.signal),
    );
    for (const reports of running) yield* await reports;
  } finally {
    timer.cancel();
    end.abort(tooLate(limits.allMs));
  }
}

/** Never rejects. */
async function reportsOf(
  { subject, run }: Check,
  turns: Turns,
  clock: Clock,
  limitMs: number,
  end: AbortSignal,
): Promise<Report[]> {
  const reports: Report[] = [];
  const work = async (signal: AbortSignal): Promise<void> => {
    for await (const diagnosis of run(signal)) {
      signal.throwIfAborted();
      reports.push({ subject, ...diagnosis });
    }
  };
  try {
    await turns.take(end, () => withDeadline(clock, limitMs, end, work, () => tooLate(limitMs)));
    return reports;
  } catch (error) {
    return [...reports, { subject, ...failureOf(error) }];
  }
}

function failureOf(error: unknown): Diagnosis {
  if (!(error instanceof AppError)) {
    return fail(
      reasonOf(error),
      'A defect of the check, or of the plugin that brings it: report it.',
    );
  }
  const advice =
    error.code === 'CHECK_TIMEOUT'
      ? 'Try again; when it stays so, look whether something on the way swallows packets.'
      : `See docs/errors.md, ${error.code}.`;
  return fail(reasonOf(error), advice);
}

function tooLate(limitMs: number): AppError {
  return new AppError('CHECK_TIMEOUT', {
    fault: 'proxy',
    publicText: `nothing known after ${limitMs / 1000} s`,
    details: { limitMs },
  });
}
