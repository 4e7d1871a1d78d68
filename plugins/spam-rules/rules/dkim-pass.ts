// Owns the rule dkim-pass.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const dkimPass: BuiltInRule = {
  name: 'dkim-pass',
  logOdds: -0.2,
  about: 'the provider has verified a signature',
  find({ provider }) {
    return saying(provider, 'dkim', ['pass']);
  },
};
