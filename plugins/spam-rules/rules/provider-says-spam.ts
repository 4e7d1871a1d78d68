// Owns the rule provider-says-spam.
import type { BuiltInRule } from '../built-in-rule.ts';

export const providerSaysSpam: BuiltInRule = {
  name: 'provider-says-spam',
  logOdds: 3,
  about: 'the filter of the provider takes it for spam',
  find({ provider }) {
    return provider.spam?.result === 'spam' ? provider.spam.text : undefined;
  },
};
