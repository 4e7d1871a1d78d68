// Owns the parts that a check-up is made of, and what is reported of each.
import { AppError, explain } from '../../base/errors.ts';
import type { Diagnosis } from '../../plugin-api/diagnosis.ts';

/** One thing that is looked after. */
export interface Check {
  /** What is looked at, as the configuration calls it: `route default`. */
  readonly subject: string;
  /** What it throws counts as a failure of the thing itself. */
  run(signal: AbortSignal): AsyncIterable<Diagnosis>;
}

export type Report = Diagnosis & { readonly subject: string };

export function ok(found: string): Diagnosis {
  return { level: 'ok', found };
}

export function skipped(found: string): Diagnosis {
  return { level: 'skipped', found };
}

export function warn(found: string, advice: string): Diagnosis {
  return { level: 'warn', found, advice };
}

export function fail(found: string, advice: string): Diagnosis {
  return { level: 'fail', found, advice };
}

/** Without codes: the advice has those. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof AppError)) return explain(error);
  const { publicText, cause } = error;
  return cause === undefined ? publicText : `${publicText}: ${explain(cause)}`;
}
