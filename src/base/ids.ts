// Owns identifiers that tie log lines, audit lines and quarantine entries together.
import { randomFillSync } from 'node:crypto';

const idOctets = 8;
// Asking the system for random octets costs the same for one identifier as for many.
const pool = Buffer.alloc(512 * idOctets);
let taken = pool.length;

/** 16 hexadecimal digits: short enough for a header, long enough never to repeat. */
export function newId(): string {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const start = taken;
  taken += idOctets;
  return pool.toString('hex', start, taken);
}
