// Owns the rule dmarc-fail.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const dmarcFail: BuiltInRule = {
  name: 'dmarc-fail',
  logOdds: 1.5,
  about: 'the provider could not verify the domain of the sender',
  find({ provider }) {
    return saying(provider, 'dmarc', ['fail']);
  },
};
