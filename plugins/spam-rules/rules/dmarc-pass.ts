// Owns the rule dmarc-pass.
import type { BuiltInRule } from '../built-in-rule.ts';
import { saying } from '../letter/provider-words.ts';

export const dmarcPass: BuiltInRule = {
  name: 'dmarc-pass',
  logOdds: -0.5,
  about: 'the provider has verified the domain of the sender',
  find({ provider }) {
    return saying(provider, 'dmarc', ['pass']);
  },
};
