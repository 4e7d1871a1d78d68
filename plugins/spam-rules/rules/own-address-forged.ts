// Owns the rule own-address-forged.
import type { BuiltInRule } from '../built-in-rule.ts';

export const ownAddressForged: BuiltInRule = {
  name: 'own-address-forged',
  logOdds: 0.8,
  about: 'the sender claims to be the reader himself',
  find({ from, ownAddress, provider }) {
    const isProved = provider.authentication.some(
      ({ method, result }) => method === 'dmarc' && result === 'pass',
    );
    if (ownAddress === undefined || isProved) return undefined;
    return from.some(({ address }) => address?.toLowerCase() === ownAddress)
      ? ownAddress
      : undefined;
  },
};
