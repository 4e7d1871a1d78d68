// Owns the rule date-implausible.
import type { BuiltInRule } from '../built-in-rule.ts';
import { parseDate, receivedAt } from '../dates.ts';

export const dateImplausible: BuiltInRule = {
  name: 'date-implausible',
  logOdds: 0.8,
  about: 'the letter was written long before it was sent, or after',
  find({ headers, nowMs }) {
    const writtenMs = parseDate(headers.get('Date') ?? '');
    if (writtenMs === undefined) return undefined;
    const receivedMs = receivedAt(headers);
    if (writtenMs - (receivedMs ?? nowMs) > mostAheadMs) return 'Date lies ahead';
    const isLate = receivedMs !== undefined && receivedMs - writtenMs > mostBehindMs;
    return isLate ? 'Date lies far behind' : undefined;
  },
};

const dayMs = 24 * 60 * 60 * 1000;
const mostAheadMs = dayMs;
const mostBehindMs = 7 * dayMs;
