// Owns the rule message-id-missing.
import type { BuiltInRule } from '../built-in-rule.ts';

export const messageIdMissing: BuiltInRule = {
  name: 'message-id-missing',
  logOdds: 0.9,
  about: 'no Message-ID',
  find({ headers }) {
    const value = headers.get('Message-ID');
    return value === undefined || value === '' ? 'no Message-ID' : undefined;
  },
};
