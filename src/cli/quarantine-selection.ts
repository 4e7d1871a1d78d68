// Owns what the filters of the quarantine commands mean.
import { parseDuration } from '../config/units.ts';
import type { QuarantineQuery, QuarantineState } from '../stores/store.ts';
import { quarantineError } from './quarantine-access.ts';

export interface Filters {
  readonly account?: string;
  readonly upstream?: string;
  readonly state?: readonly QuarantineState[];
  readonly since?: string;
  readonly limit?: string;
}

export function queryOf(
  { account, upstream, state, since, limit }: Filters,
  defaultStates: readonly QuarantineState[],
  nowMs: number,
): QuarantineQuery {
  return {
    owner: {
      ...(account === undefined ? {} : { user: account }),
      ...(upstream === undefined ? {} : { upstreamHost: upstream }),
    },
    states: state ?? defaultStates,
    ...(since === undefined ? {} : { storedSinceMs: nowMs - durationIn(since) }),
    ...(limit === undefined ? {} : { limit: countIn(limit) }),
  };
}

function durationIn(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs === undefined) {
    throw quarantineError(`--since: expected a duration such as 12h or 7d, got ${text}`);
  }
  return durationMs;
}

function countIn(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw quarantineError(`--limit: expected a number above 0, got ${text}`);
  }
  return Number(text);
}
