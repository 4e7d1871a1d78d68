// Owns identifiers that tie log lines, audit lines and quarantine entries together.
import { randomBytes } from 'node:crypto';

/** 16 hexadecimal digits: short enough for a header, long enough never to repeat. */
export function newId(): string {
  return randomBytes(8).toString('hex');
}
