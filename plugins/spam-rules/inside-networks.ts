// Owns which addresses are of nobody on the internet: people write to each other of machines there, and
// their own servers are there. Pure.
import { NetworkSet, parseNetwork } from '#plugin-api';

/** RFC 1918, RFC 4193, RFC 6598, and the machine itself. */
export const insideNetworks = new NetworkSet(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '::1/128',
    'fc00::/7',
    'fe80::/10',
  ].flatMap((text) => parseNetwork(text) ?? []),
);
