// Owns the scenario scan: what Postern adds when a real clamd looks at every message, over a slow line
// and when clamd is what everything waits for.
import { startClamd } from '../../test/helpers/clamd.ts';
import type { Bench } from '../harness/bench.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { costOf, measureRounds, notesOf, type Taken } from '../harness/rounds.ts';
import { runWork, type SessionWork } from '../harness/session-table.ts';
import { judged, ratioTarget } from '../harness/targets.ts';
import type { JobResult } from '../load/job.ts';
import { clamdDatabase } from './clamd-database.ts';
import { delayMs, rttTable } from './rtt.ts';
import { messageOctets, type Scenario } from './scenario.ts';

const concurrency = 10;
const messagesEach = 20;
const deadlineMs = 120_000;

export const scan: Scenario = {
  name: 'scan',
  summary: 'rtt with a real clamd, and downloads that wait for nothing but clamd',
  async run(bench) {
    const isWanted = bench.peers(['postern-clamav'], 'plain').length > 0;
    if (!isWanted) return [];
    await using database = await clamdDatabase(bench.sized({ quick: 20_000, full: 100_000 }));
    await using clamd = await startClamd({ config: { DatabaseDirectory: database.path } });
    const slow = await rttTable(bench, {
      name: 'scan-rtt',
      peers: ['direct', 'postern-clamav'],
      delayMs,
      clamdSocket: clamd.socketPath,
      targets: (rows) => [
        ratioTarget(rows, { figure: 'wall', peer: 'postern-clamav', base: 'direct', atMost: 0.3 }),
      ],
    });
    return [slow, await throughput(bench, clamd)];
  },
};

interface Clamd {
  readonly pid: number;
  readonly socketPath: string;
}

/** One that can be measured: a peer, or clamd asked without one. */
interface Way {
  readonly name: string;
  readonly pids: readonly number[];
  readonly helperPids: readonly number[];
  scanAll(): Promise<JobResult>;
}

async function throughput(bench: Bench, clamd: Clamd): Promise<Table> {
  await using source = await bench.source('plain', [
    { messages: messagesEach, octets: messageOctets },
  ]);
  const sessions = bench.sized({ quick: 20, full: 100 });
  const work: SessionWork = {
    script: 'download',
    messages: messagesEach,
    messageOctets,
    sessions,
    concurrency,
    users: 'fresh',
    deadlineMs,
  };
  const messages = sessions * messagesEach;
  const alone: Way = {
    name: 'instream',
    pids: [],
    helperPids: [clamd.pid],
    scanAll: () => instream(bench, clamd.socketPath, messages),
  };
  const line = { port: source.port, transport: 'plain', clamdSocket: clamd.socketPath } as const;
  const rows = await bench.withContenders(['postern-clamav'], line, (contenders) => {
    const ways = contenders.map(({ name, pids, port }): Way => {
      const scanAll = () => runWork(bench, port, 'plain', work);
      return { name, pids, helperPids: [clamd.pid], scanAll };
    });
    const rounds = { rounds: bench.rounds({ quick: 3, full: 7 }), warmUps: 1 };
    return measureRounds(rounds, [alone, ...ways], (way, round) => {
      bench.say(`scan ${round < 0 ? 'warm-up' : round + 1}: ${way.name}`);
      return takeSample(way, messages);
    });
  });
  return {
    name: 'scan',
    title: `messages of 8 KB, ${concurrency} connections at a time, each message through clamd; instream: clamd alone`,
    figures: [
      { key: 'cpu', title: 'CPU a message', unit: 'ms' },
      { key: 'clamd', title: 'CPU of clamd a message', unit: 'ms' },
      { key: 'wall', title: 'time of the round a message', unit: 'ms' },
    ],
    main: 'wall',
    bases: ['instream'],
    rows,
    targets: targets(rows),
  };
}

function instream(bench: Bench, socketPath: string, messages: number): Promise<JobResult> {
  const firstUser = bench.newUsers(messages);
  return bench.run({
    kind: 'instream',
    socketPath,
    messages,
    concurrency,
    messageOctets,
    firstUser,
    deadlineMs,
  });
}

async function takeSample(way: Way, messages: number): Promise<Taken> {
  const { result, cpuMs, helperMs = 0 } = await costOf(way, way.scanAll);
  const sample = { clamd: helperMs / messages, wall: result.wallMs / messages };
  return {
    sample: cpuMs === undefined ? sample : { ...sample, cpu: cpuMs / messages },
    notes: notesOf(result),
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
