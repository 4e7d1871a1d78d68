// Owns the rule provider-says-ham.
import type { BuiltInRule } from '../built-in-rule.ts';

export const providerSaysHam: BuiltInRule = {
  name: 'provider-says-ham',
  logOdds: -0.8,
  about: 'the filter of the provider does not take it for spam',
  find({ provider }) {
    return provider.spam?.result === 'ham' ? provider.spam.text : undefined;
  },
};
