// Owns the scenario rtt: how long a client waits that asks for one message after another over a slow line.

import type { Bench } from '../harness/bench.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { measureSessions } from '../harness/session-table.ts';
import { ratioTarget } from '../harness/targets.ts';
import { everybody, messageOctets, type Scenario } from './scenario.ts';

export const delayMs = 40;
const messages = 50;

export const rtt: Scenario = {
  name: 'rtt',
  summary: 'replies 40 ms late, 50 messages of 8 KB, one client that waits for each reply',
  run: async (bench) => [
    await rttTable(bench, { name: 'rtt', peers: everybody, delayMs, targets }),
    await rttTable(bench, { name: 'rtt-0', peers: everybody, targets: () => [] }),
  ],
};

interface Variant {
  readonly name: string;
  readonly peers: readonly string[];
  /** Left out: replies come at once. */
  readonly delayMs?: number;
  readonly clamdSocket?: string;
  targets(rows: readonly Row[]): Target[];
}

export function rttTable(bench: Bench, variant: Variant): Promise<Table> {
  const { delayMs: delay = 0 } = variant;
  return measureSessions(bench, {
    ...variant,
    title: `replies ${delay} ms late, ${messages} messages of 8 KB, one client that waits for each reply`,
    transport: 'plain',
    work: {
      script: 'download',
      messages,
      messageOctets,
      sessions: 1,
      concurrency: 1,
      users: 'fresh',
      deadlineMs: 60_000,
    },
    rounds: bench.rounds({ quick: 2, full: 7 }),
    // Where nothing is waited for, code that has not been compiled yet would be what is measured.
    warmUps: delay === 0 ? bench.sized({ quick: 3, full: 10 }) : 1,
    unit: 'session',
    main: 'wall',
    bases: ['direct'],
  });
}

function targets(rows: readonly Row[]): Target[] {
  return [
    ratioTarget(rows, { figure: 'wall', peer: 'postern-default', base: 'direct', atMost: 0.2 }),
  ];
}
