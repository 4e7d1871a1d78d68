// Owns the scenarios that are sessions in a row: the same work through each peer, cost and time of one unit.
import type { Script } from '../load/dialogue.ts';
import type { Bench, Contender, Transport } from './bench.ts';
import type { FigureKind, Row, Table, Target } from './report.ts';
import { costOf, measureRounds, notesOf, type Taken } from './rounds.ts';

export interface SessionWork {
  readonly script: Script['kind'];
  readonly messages: number;
  readonly messageOctets: number;
  readonly sessions: number;
  readonly concurrency: number;
  /** `few`: as many users as there are connections, who come again. `fresh`: each session another user. */
  readonly users: 'few' | 'fresh';
  readonly deadlineMs: number;
}

export interface SessionTable {
  readonly name: string;
  readonly title: string;
  readonly transport: Transport;
  readonly peers: readonly string[];
  readonly work: SessionWork;
  readonly rounds: number;
  readonly warmUps: number;
  /** What CPU time is given for. */
  readonly unit: 'session' | 'GB';
  readonly main: 'cpu' | 'wall';
  readonly bases: readonly string[];
  /** Milliseconds by which the replies of the source are late. */
  readonly delayMs?: number;
  readonly clamdSocket?: string;
  targets(rows: readonly Row[]): Target[];
}

export async function measureSessions(bench: Bench, table: SessionTable): Promise<Table> {
  const { name, title, transport, work, main, bases } = table;
  const size = { messages: work.messages, octets: work.messageOctets };
  await using source = await bench.source(transport, [size]);
  await using line =
    table.delayMs === undefined
      ? undefined
      : await bench.slowLine(source.port, { delayMs: table.delayMs });
  const port = line?.port ?? source.port;
  const clamd = table.clamdSocket === undefined ? {} : { clamdSocket: table.clamdSocket };
  const rows = await bench.withContenders(
    table.peers,
    { port, transport, ...clamd },
    (contenders) =>
      measureRounds(table, contenders, (contender, round) => {
        bench.say(`${name} ${round < 0 ? 'warm-up' : round + 1}: ${contender.name}`);
        return takeSample(bench, contender, table);
      }),
  );
  const figures = figuresOf(table).filter(({ key }) => rows.some((row) => key in row.figures));
  return { name, title, figures, main, bases, rows, targets: table.targets(rows) };
}

function figuresOf({ unit }: SessionTable): FigureKind[] {
  if (unit === 'GB') {
    return [
      { key: 'cpu', title: 'CPU', unit: 's/GB' },
      { key: 'wall', title: 'time', unit: 's/GB' },
    ];
  }
  return [
    { key: 'cpu', title: 'CPU a session', unit: 'ms' },
    { key: 'helper', title: 'CPU of its helper', unit: 'ms' },
    { key: 'wall', title: 'time of the round a session', unit: 'ms' },
  ];
}

async function takeSample(bench: Bench, peer: Contender, table: SessionTable): Promise<Taken> {
  const { result, cpuMs, helperMs } = await costOf(peer, () =>
    runWork(bench, peer.port, table.transport, table.work),
  );
  // Seconds for 10^9 octets are milliseconds for 10^6.
  const units = table.unit === 'GB' ? result.octets / 1e6 : result.done;
  const per = (key: string, value: number | undefined): Record<string, number> =>
    value === undefined || units === 0 ? {} : { [key]: value / units };
  return {
    sample: { ...per('cpu', cpuMs), ...per('helper', helperMs), ...per('wall', result.wallMs) },
    notes: notesOf(result),
  };
}

export function runWork(bench: Bench, port: number, transport: Transport, work: SessionWork) {
  const users = work.users === 'few' ? work.concurrency : work.sessions;
  return bench.run({
    kind: 'sessions',
    port,
    ...bench.trust(transport),
    sessions: work.sessions,
    concurrency: work.concurrency,
    script: work.script,
    messages: work.messages,
    messageOctets: work.messageOctets,
    firstUser: bench.newUsers(users),
    users,
    deadlineMs: work.deadlineMs,
  });
}
