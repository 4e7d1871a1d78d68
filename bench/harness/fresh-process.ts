// Owns measuring a peer in a process of its own: memory that was needed once is seldom given back, and what the
// process did before is in its figures.

import type { Peer } from '../peers/peer.ts';
import type { MaildropSize } from '../source/mailbox.ts';
import type { Bench, Contender, Line } from './bench.ts';
import type { Taken } from './rounds.ts';
import { runWork, type SessionWork } from './session-table.ts';

export const smallMaildrop: MaildropSize = { messages: 20, octets: 8192 };

/** Starts it, lets it compile its code with so many logins, measures, and ends it. */
export async function inFreshProcess(
  bench: Bench,
  peer: Peer,
  line: Line,
  warmUpSessions: number,
  measure: (contender: Contender) => Promise<Taken>,
): Promise<Taken> {
  const contender = await bench.start(peer, line);
  try {
    const warmUp = freshUsers('login', smallMaildrop, warmUpSessions);
    await runWork(bench, contender.port, line.transport, warmUp);
    return await measure(contender);
  } finally {
    await bench.stop(contender);
  }
}

/** Sessions of users who were never there, 50 at a time if nothing else is said. */
export function freshUsers(
  script: SessionWork['script'],
  { messages, octets }: MaildropSize,
  sessions: number,
  more: Partial<Pick<SessionWork, 'concurrency' | 'users' | 'deadlineMs'>> = {},
): SessionWork {
  return {
    script,
    messages,
    messageOctets: octets,
    sessions,
    concurrency: 50,
    users: 'fresh',
    deadlineMs: 120_000,
    ...more,
  };
}
