// Owns the rule arc-fail.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const arcFail: BuiltInRule = {
  name: 'arc-fail',
  logOdds: 0.3,
  about: 'the provider found the chain of forwarders broken',
  find({ provider }) {
    return saying(provider, 'arc', ['fail']);
  },
};
