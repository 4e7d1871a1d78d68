// Owns the rule message-id-malformed.
import type { BuiltInRule } from '../built-in-rule.ts';

export const messageIdMalformed: BuiltInRule = {
  name: 'message-id-malformed',
  logOdds: 1,
  about: 'a Message-ID as no mail program makes it',
  find({ headers }) {
    const value = headers.get('Message-ID')?.slice(0, longestId);
    if (value === undefined || value === '') return undefined;
    const isWell = /^<[^<>\s@]+@[^<>\s@]+>$/.test(value);
    return isWell ? undefined : value;
  },
};

const longestId = 1000;
