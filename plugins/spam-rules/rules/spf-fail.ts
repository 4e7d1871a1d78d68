// Owns the rule spf-fail.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const spfFail: BuiltInRule = {
  name: 'spf-fail',
  logOdds: 1,
  about: 'the provider knows that the sending machine may not send for this domain',
  find({ provider }) {
    return saying(provider, 'spf', ['fail', 'softfail']);
  },
};
