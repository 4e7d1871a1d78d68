// Owns the peer that is none: the client talks to the mail source itself.
import type { Peer } from './peer.ts';

export const direct: Peer = {
  name: 'direct',
  missing: () => undefined,
  version: async () => undefined,
  start: async ({ upstreamPort }) => ({
    port: upstreamPort,
    pids: [],
    helperPids: [],
    stop: async () => {},
  }),
};
