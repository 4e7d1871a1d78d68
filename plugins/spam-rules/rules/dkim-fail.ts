// Owns the rule dkim-fail.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const dkimFail: BuiltInRule = {
  name: 'dkim-fail',
  logOdds: 0.5,
  about: 'the provider found no signature to be good',
  find({ provider }) {
    return saying(provider, 'dkim', ['fail', 'permerror', 'neutral']);
  },
};
