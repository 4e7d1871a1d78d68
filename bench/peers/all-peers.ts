// Owns the list of peers, in the order in which they are measured and shown.
import { direct } from './direct.ts';
import { dovecot } from './dovecot.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import type { Peer } from './peer.ts';
import { perdition } from './perdition.ts';
import { pipe } from './pipe.ts';
import { posternPeers } from './postern.ts';

export const allPeers: readonly Peer[] = [
  direct,
  haproxy,
  nginx,
  dovecot,
  perdition,
  pipe,
  ...posternPeers,
];
