// Owns the scenario large: what it costs to move the octets of one large message.
import type { Row, Target } from '../harness/report.ts';
import { measureSessions } from '../harness/session-table.ts';
import { ratioTarget } from '../harness/targets.ts';
import { everybody, type Scenario } from './scenario.ts';

const octets = 20_000_000;

export const large: Scenario = {
  name: 'large',
  summary: 'messages of 20 MB, one at a time',
  run: async (bench) => [
    await measureSessions(bench, {
      name: 'large',
      title: 'messages of 20 MB, one at a time',
      transport: 'plain',
      peers: everybody,
      work: {
        script: 'download',
        messages: 1,
        messageOctets: octets,
        sessions: bench.sized({ quick: 5, full: 15 }),
        concurrency: 1,
        users: 'fresh',
        deadlineMs: 120_000,
      },
      rounds: bench.rounds({ quick: 3, full: 7 }),
      warmUps: 1,
      unit: 'GB',
      main: 'cpu',
      bases: ['dovecot', 'pipe'],
      targets,
    }),
  ],
};

function targets(rows: readonly Row[]): Target[] {
  const of = (peer: string, base: string, atMost: number): Target =>
    ratioTarget(rows, { figure: 'cpu', peer, base, atMost });
  return [
    of('postern', 'dovecot', 1.2),
    of('postern-default', 'dovecot', 3),
    of('postern', 'perdition', 0.5),
    of('postern-default', 'perdition', 0.5),
  ];
}
