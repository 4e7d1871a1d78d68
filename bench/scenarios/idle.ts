// Owns the scenario idle: what a session takes of memory while nothing happens.
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Contender, Transport } from '../harness/bench.ts';
import { freshUsers, inFreshProcess, smallMaildrop } from '../harness/fresh-process.ts';
import { memoryOfTree } from '../harness/process-stat.ts';
import type { Row, Table, Target } from '../harness/report.ts';
import { measureRounds, notesOf, type Taken } from '../harness/rounds.ts';
import { runWork } from '../harness/session-table.ts';
import { absoluteTarget } from '../harness/targets.ts';
import { proxies, type Scenario } from './scenario.ts';

/** Before memory is read: what is left of the logins is done. */
const restMs = 1500;
const warmUpSessions = 100;

export const idle: Scenario = {
  name: 'idle',
  summary: '1,000 logged-in sessions that do nothing, plain and with TLS on both legs',
  run: async (bench) => [await idleTable(bench, 'plain', 30), await idleTable(bench, 'tls', 130)],
};

async function idleTable(bench: Bench, transport: Transport, limitKb: number): Promise<Table> {
  const name = transport === 'tls' ? 'idle-tls' : 'idle';
  const sessions = bench.sized({ quick: 300, full: 1000 });
  await using source = await bench.source(transport, [smallMaildrop]);
  const line = { port: source.port, transport };
  const peers = bench.peers([...proxies, 'postern', 'postern-default'], transport);
  const rounds = { rounds: bench.rounds({ quick: 1, full: 3 }), warmUps: 0 };
  const rows = await measureRounds(rounds, peers, (peer, round) => {
    bench.say(`${name} ${round + 1}: ${peer.name}`);
    return inFreshProcess(bench, peer, line, warmUpSessions, (contender) =>
      takeSample(bench, contender, transport, sessions),
    );
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

async function takeSample(
  bench: Bench,
  { port, pids }: Contender,
  transport: Transport,
  sessions: number,
): Promise<Taken> {
  await pause(restMs);
  const before = memoryOfTree(pids);
  const work = freshUsers('stay', smallMaildrop, sessions);
  const result = await runWork(bench, port, transport, work);
  await pause(restMs);
  const after = memoryOfTree(pids);
  await bench.run({ kind: 'release' });
  return {
    sample: {
      rss: (after.rssKb - before.rssKb) / sessions,
      own: (after.ownKb - before.ownKb) / sessions,
      before: before.rssKb / 1024,
    },
    notes: notesOf(result),
  };
}

function targets(rows: readonly Row[], atMost: number): Target[] {
  return [absoluteTarget(rows, { figure: 'rss', peer: 'postern', atMost, unit: 'KB' })];
}
