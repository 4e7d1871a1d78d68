// Owns the scenario growth: how cost grows with connections, with the size of a message and with the size
// of a maildrop. Every step has a deadline, and after a missed one a peer takes no larger step.
import type { Bench, Contender } from '../harness/bench.ts';
import { freshUsers, inFreshProcess, smallMaildrop } from '../harness/fresh-process.ts';
import { memoryOfTree, peakOfTree } from '../harness/process-stat.ts';
import { type FigureKind, type Row, type Table, toRow } from '../harness/report.ts';
import { costOf, notesOf, type Taken } from '../harness/rounds.ts';
import { runWork, type SessionWork } from '../harness/session-table.ts';
import type { MaildropSize } from '../source/mailbox.ts';
import { messageOctets, type Scenario } from './scenario.ts';

const peers = ['haproxy', 'dovecot', 'pipe', 'postern', 'postern-default'];
const warmUpSessions = 100;

export const growth: Scenario = {
  name: 'growth',
  summary: '10 to 5,000 connections, messages of 1 KB to 500 MB, maildrops of 10 to 100,000',
  run: async (bench) => [await connections(bench), await messages(bench), await maildrops(bench)],
};

interface Curve {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly FigureKind[];
  readonly main: string;
  readonly steps: readonly number[];
  readonly labelOf: (step: number) => string;
  readonly maildropOf: (step: number) => MaildropSize;
  readonly measure: (contender: Contender, step: number) => Promise<Taken>;
}

async function curve(bench: Bench, wanted: Curve): Promise<Table> {
  const { name, title, figures, main, steps } = wanted;
  await using source = await bench.source('plain', [
    smallMaildrop,
    ...steps.map(wanted.maildropOf),
  ]);
  const line = { port: source.port, transport: 'plain' } as const;
  const rows: Row[] = [];
  const lost = new Set<string>();
  for (const step of steps) {
    for (const peer of bench.peers(peers, 'plain')) {
      if (lost.has(peer.name)) continue;
      const label = `${wanted.labelOf(step)} ${peer.name}`;
      bench.say(`${name}: ${label}`);
      const { sample, notes } = await inFreshProcess(
        bench,
        peer,
        line,
        warmUpSessions,
        (contender) => wanted.measure(contender, step),
      );
      rows.push(toRow(label, [sample], notes));
      if (notes.length > 0) lost.add(peer.name);
    }
  }
  return { name, title, figures, main, bases: [], rows, targets: [] };
}

function connections(bench: Bench): Promise<Table> {
  const probes = bench.sized({ quick: 200, full: 1000 });
  return curve(bench, {
    name: 'growth-connections',
    title: `${probes} logins, 50 at a time, while so many other sessions are logged in`,
    figures: [
      { key: 'cpu', title: 'CPU a login', unit: 'ms' },
      { key: 'wall', title: 'time of the round a login', unit: 'ms' },
      { key: 'rss', title: 'RSS', unit: 'MB' },
    ],
    main: 'cpu',
    steps: bench.sized({ quick: [10, 500], full: [10, 100, 1000, 5000] }),
    labelOf: (step) => `${step} sessions`,
    maildropOf: () => smallMaildrop,
    measure: async (contender, step) => {
      const others = await runWork(
        bench,
        contender.port,
        'plain',
        work(bench, 'stay', smallMaildrop, step),
      );
      const { result, cpuMs = 0 } = await costOf(contender, () =>
        runWork(bench, contender.port, 'plain', work(bench, 'login', smallMaildrop, probes)),
      );
      const { rssKb } = memoryOfTree(contender.pids);
      await bench.run({ kind: 'release' });
      return {
        sample: { cpu: cpuMs / probes, wall: result.wallMs / probes, rss: rssKb / 1024 },
        notes: [...notesOf(others), ...notesOf(result)],
      };
    },
  });
}

function messages(bench: Bench): Promise<Table> {
  // Enough octets for the ticks of the clock, and for one message of the largest size.
  const wanted = bench.sized({ quick: 20e6, full: 200e6 });
  return curve(bench, {
    name: 'growth-message',
    title: 'messages of one size, one at a time',
    figures: [
      { key: 'cpu', title: 'CPU', unit: 's/GB' },
      { key: 'wall', title: 'time', unit: 's/GB' },
      { key: 'peak', title: 'peak RSS', unit: 'MB' },
    ],
    main: 'cpu',
    steps: bench.sized({ quick: [1e3, 1e5, 1e7], full: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 5e8] }),
    labelOf: formatOctets,
    maildropOf: (octets) => maildropFor(octets, wanted),
    measure: async (contender, octets) => {
      const maildrop = maildropFor(octets, wanted);
      const { result, cpuMs = 0 } = await costOf(contender, () =>
        runWork(bench, contender.port, 'plain', work(bench, 'download', maildrop, 1)),
      );
      const megabytes = result.octets / 1e6;
      const peak = peakOfTree(contender.pids) / 1024;
      const notes = notesOf(result);
      return megabytes === 0
        ? { sample: { peak }, notes }
        : { sample: { cpu: cpuMs / megabytes, wall: result.wallMs / megabytes, peak }, notes };
    },
  });
}

function maildropFor(octets: number, wanted: number): MaildropSize {
  const most = 5000;
  return { messages: Math.max(1, Math.min(most, Math.round(wanted / octets))), octets };
}

function maildrops(bench: Bench): Promise<Table> {
  const sessions = bench.sized({ quick: 5, full: 20 });
  return curve(bench, {
    name: 'growth-maildrop',
    title: 'a login, STAT, LIST and UIDL, for maildrops of so many messages',
    figures: [
      { key: 'cpu', title: 'CPU a session', unit: 'ms' },
      { key: 'wall', title: 'time a session', unit: 'ms' },
      { key: 'peak', title: 'peak RSS', unit: 'MB' },
    ],
    main: 'cpu',
    steps: bench.sized({ quick: [10, 10_000], full: [10, 1000, 10_000, 100_000] }),
    labelOf: (step) => `${step} messages`,
    maildropOf: (step) => ({ messages: step, octets: messageOctets }),
    measure: async (contender, step) => {
      const maildrop = { messages: step, octets: messageOctets };
      const { result, cpuMs = 0 } = await costOf(contender, () =>
        runWork(bench, contender.port, 'plain', work(bench, 'listing', maildrop, sessions)),
      );
      const peak = peakOfTree(contender.pids) / 1024;
      return {
        sample: { cpu: cpuMs / sessions, wall: result.wallMs / sessions, peak },
        notes: notesOf(result),
      };
    },
  });
}

function work(
  bench: Bench,
  script: SessionWork['script'],
  maildrop: MaildropSize,
  sessions: number,
): SessionWork {
  const deadlineMs = bench.sized({ quick: 30_000, full: 120_000 });
  const atATime = script === 'listing' ? { concurrency: 1 } : {};
  return freshUsers(script, maildrop, sessions, { deadlineMs, ...atATime });
}

function formatOctets(octets: number): string {
  return octets < 1e6 ? `${octets / 1e3} KB` : `${octets / 1e6} MB`;
}
