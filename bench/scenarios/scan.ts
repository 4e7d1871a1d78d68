// Owns the scenario scan: what Postern adds when a real clamd looks at every message, over a slow line
// and when clamd is what everything waits for.
import type { RunningClamd } from '../../test/helpers/clamd.ts';
import type { Bench } from '../harness/bench.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import type { SessionWork } from '../harness/session-table.ts';
import { judged, ratioTarget } from '../harness/targets.ts';
import { delayMs, rttTable } from './rtt.ts';
import { messageOctets, type Scenario } from './scenario.ts';
import { instreamWay, measureWays, peerWay, wayFigures, withClamd } from './ways-to-clamd.ts';

const concurrency = 10;
const messagesEach = 20;

export const scan: Scenario = {
  name: 'scan',
  summary: 'rtt with a real clamd, and downloads that wait for nothing but clamd',
  async run(bench) {
    const isWanted = bench.peers(['postern-clamav'], 'plain').length > 0;
    if (!isWanted) return [];
    return await withClamd(bench, async (clamd) => [
      await rttTable(bench, {
        name: 'scan-rtt',
        peers: ['direct', 'postern-clamav'],
        delayMs,
        clamdSocket: clamd.socketPath,
        targets: (rows) => [
          ratioTarget(rows, {
            figure: 'wall',
            peer: 'postern-clamav',
            base: 'direct',
            atMost: 0.3,
          }),
        ],
      }),
      await throughput(bench, clamd),
    ]);
  },
};

async function throughput(bench: Bench, clamd: RunningClamd): Promise<Table> {
  await using source = await bench.source('plain', [
    { messages: messagesEach, octets: messageOctets },
  ]);
  const work: SessionWork = {
    script: 'download',
    messages: messagesEach,
    messageOctets,
    sessions: bench.sized({ quick: 20, full: 100 }),
    concurrency,
    users: 'fresh',
    deadlineMs: 120_000,
  };
  const line = { port: source.port, transport: 'plain', clamdSocket: clamd.socketPath } as const;
  const rows = await bench.withContenders(['postern-clamav'], line, (contenders) => {
    const ways = contenders.map((contender) => peerWay(bench, clamd, contender, work));
    const rounds = { rounds: bench.rounds({ quick: 3, full: 7 }), warmUps: 1 };
    return measureWays(bench, 'scan', [instreamWay(bench, clamd, work), ...ways], work, rounds);
  });
  return {
    name: 'scan',
    title: `messages of 8 KB, ${concurrency} connections at a time, each message through clamd; instream: clamd alone`,
    figures: wayFigures,
    main: 'wall',
    bases: ['instream'],
    rows,
    targets: targets(rows),
  };
}

function targets(rows: readonly Row[]): Target[] {
  const row = rows.find(({ peer }) => peer === 'postern-clamav');
  const [own, clamd] = [row?.figures['cpu'], row?.figures['clamd']];
  const share = own === undefined || clamd === undefined ? undefined : own.median / clamd.median;
  return [
    judged("postern-clamav's own CPU <= 0.15 x clamd's", 0.15, share),
    // A throughput of 0.9 is a time of 1 / 0.9.
    ratioTarget(rows, { figure: 'wall', peer: 'postern-clamav', base: 'instream', atMost: 1.11 }),
  ];
}
