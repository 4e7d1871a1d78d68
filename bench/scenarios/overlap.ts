// Owns the scenario overlap: whether a large message takes longer through a virus scanner than its download or
// its scan takes alone.
import { figureOf, type Row, type Target } from '../harness/report.ts';
import type { SessionWork } from '../harness/session-table.ts';
import { judged } from '../harness/targets.ts';
import type { Scenario } from './scenario.ts';
import { instreamWay, measureWays, peerWay, wayFigures, withClamd } from './ways-to-clamd.ts';

const octets = 20_000_000;
const octetsPerSecond = 20_000_000;
const atMost = 1.15;

const work: SessionWork = {
  script: 'download',
  messages: 1,
  messageOctets: octets,
  sessions: 1,
  concurrency: 1,
  users: 'fresh',
  deadlineMs: 120_000,
};

export const overlap: Scenario = {
  name: 'overlap',
  summary: 'a message of 20 MB over a line of 20 MB/s with a real clamd: download, scan, and both',
  async run(bench) {
    const isWanted = bench.peers(['postern-clamav'], 'plain').length > 0;
    if (!isWanted) return [];
    return await withClamd(bench, async (clamd) => {
      await using source = await bench.source('plain', [{ messages: 1, octets }]);
      await using narrow = await bench.slowLine(source.port, { octetsPerSecond });
      const line = {
        port: narrow.port,
        transport: 'plain',
        clamdSocket: clamd.socketPath,
      } as const;
      const rows = await bench.withContenders(['direct', 'postern-clamav'], line, (contenders) => {
        const ways = contenders.map((contender) => peerWay(bench, clamd, contender, work));
        const rounds = { rounds: bench.rounds({ quick: 3, full: 7 }), warmUps: 1 };
        return measureWays(
          bench,
          'overlap',
          [instreamWay(bench, clamd, work), ...ways],
          work,
          rounds,
        );
      });
      return [
        {
          name: 'overlap',
          title:
            'a message of 20 MB over a line of 20 MB/s; instream: the same message straight to clamd',
          figures: wayFigures,
          main: 'wall',
          bases: ['direct', 'instream'],
          rows,
          targets: [target(rows)],
        },
      ];
    });
  },
};

function target(rows: readonly Row[]): Target {
  const wallOf = (peer: string) => figureOf({ rows }, peer, 'wall')?.median;
  const [own, ...alone] = ['postern-clamav', 'direct', 'instream'].map(wallOf);
  const known = alone.filter((wall) => wall !== undefined);
  const isKnown = own !== undefined && known.length === alone.length;
  return judged(
    `postern-clamav <= ${atMost} x the longer of direct and instream`,
    atMost,
    isKnown ? own / Math.max(...known) : undefined,
  );
}
