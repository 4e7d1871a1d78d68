// Owns the scenario idle: what a session takes of memory while nothing happens. Every sample comes from a
// fresh process, because memory that was needed once is seldom given back.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Line, Transport } from '../harness/bench.ts';
import { memoryOfTree } from '../harness/process-stat.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { measureRounds, notesOf, type Taken } from '../harness/rounds.ts';
import { runWork, type SessionWork } from '../harness/session-table.ts';
import { absoluteTarget } from '../harness/targets.ts';
import type { Peer } from '../peers/peer.ts';
import { messageOctets, proxies, type Scenario } from './scenario.ts';

/** Before memory is read: what is left of the logins is done. */
const restMs = 1500;

export const idle: Scenario = {
  name: 'idle',
  summary: '1,000 logged-in sessions that do nothing, plain and with TLS on both legs',
  run: async (bench) => [await idleTable(bench, 'plain', 30), await idleTable(bench, 'tls', 130)],
};

async function idleTable(bench: Bench, transport: Transport, limitKb: number): Promise<Table> {
  const name = transport === 'tls' ? 'idle-tls' : 'idle';
  const sessions = bench.sized({ quick: 300, full: 1000 });
  await using source = await bench.source(transport, [{ messages: 20, octets: messageOctets }]);
  const line: Line = { port: source.port, transport };
  const peers = bench.peers([...proxies, 'postern', 'postern-default'], transport);
  const rounds = { rounds: bench.rounds({ quick: 1, full: 3 }), warmUps: 0 };
  const rows = await measureRounds(rounds, peers, (peer, round) => {
    bench.say(`${name} ${round + 1}: ${peer.name}`);
    return takeSample(bench, peer, line, sessions);
  });
  const legs = transport === 'tls' ? ', TLS on both legs' : '';
  return {
    name,
    title: `growth of memory for each of ${sessions} sessions that are logged in and do nothing${legs}`,
    figures: [
      { key: 'rss', title: 'RSS a session', unit: 'KB' },
      { key: 'own', title: 'own memory a session', unit: 'KB' },
      { key: 'before', title: 'RSS without sessions', unit: 'MB' },
    ],
    main: 'own',
    bases: ['dovecot', 'pipe'],
    rows,
    targets: targets(rows, limitKb),
  };
}

async function takeSample(bench: Bench, peer: Peer, line: Line, sessions: number): Promise<Taken> {
  const contender = await bench.start(peer, line);
  try {
    await runWork(bench, contender.port, line.transport, work('login', 100));
    await pause(restMs);
    const before = memoryOfTree(contender.pids);
    const result = await runWork(bench, contender.port, line.transport, work('stay', sessions));
    await pause(restMs);
    const after = memoryOfTree(contender.pids);
    await bench.run({ kind: 'release' });
    return {
      sample: {
        rss: (after.rssKb - before.rssKb) / sessions,
        own: (after.ownKb - before.ownKb) / sessions,
        before: before.rssKb / 1024,
      },
      notes: notesOf(result),
    };
  } finally {
    await bench.stop(contender);
  }
}

function work(script: SessionWork['script'], sessions: number): SessionWork {
  return {
    script,
    messages: 20,
    messageOctets,
    sessions,
    concurrency: 50,
    users: 'fresh',
    deadlineMs: 120_000,
  };
}

function targets(rows: readonly Row[], atMost: number): Target[] {
  return [absoluteTarget(rows, { figure: 'rss', peer: 'postern', atMost, unit: 'KB' })];
}
