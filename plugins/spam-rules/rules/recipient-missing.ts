// Owns the rule recipient-missing.
import type { BuiltInRule } from '../built-in-rule.ts';

export const recipientMissing: BuiltInRule = {
  name: 'recipient-missing',
  logOdds: 0.5,
  about: 'neither To nor Cc names an address',
  find({ recipients }) {
    return recipients.some(({ domain }) => domain !== undefined)
      ? undefined
      : 'nobody in To and Cc';
  },
};
