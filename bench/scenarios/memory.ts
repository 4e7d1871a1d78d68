// Owns the scenario memory: whether many sessions leave anything behind, what four huge messages at once
// need, and whether a crowd is served without an error.
import type { Bench, Contender } from '../harness/bench.ts';
import { freshUsers, inFreshProcess, smallMaildrop } from '../harness/fresh-process.ts';
import { memoryOfTree, peakOfTree } from '../harness/process-stat.ts';
import { type Row, type Table, toRow } from '../harness/report.ts';
import { costOf, notesOf, type Taken } from '../harness/rounds.ts';
import { runWork } from '../harness/session-table.ts';
import { slopeOf } from '../harness/statistics.ts';
import { absoluteTarget } from '../harness/targets.ts';
import type { MaildropSize } from '../source/mailbox.ts';
import type { Scenario } from './scenario.ts';

const peers = ['pipe', 'postern', 'postern-default'];
const warmUpSessions = 500;
const deadlineMs = 300_000;

export const memory: Scenario = {
  name: 'memory',
  summary: 'after 200,000 sessions, with four messages of 500 MB at once, and with a crowd',
  run: async (bench) => [await endurance(bench), await huge(bench), await crowd(bench)],
};

interface Trial {
  readonly name: string;
  readonly peers: readonly string[];
  readonly maildrop: MaildropSize;
  readonly measure: (contender: Contender) => Promise<Taken>;
}

async function rowsOf(bench: Bench, { name, peers, maildrop, measure }: Trial): Promise<Row[]> {
  await using source = await bench.source('plain', [maildrop, smallMaildrop]);
  const line = { port: source.port, transport: 'plain' } as const;
  const rows: Row[] = [];
  for (const peer of bench.peers(peers, 'plain')) {
    bench.say(`${name}: ${peer.name}`);
    const { sample, notes } = await inFreshProcess(bench, peer, line, warmUpSessions, measure);
    rows.push(toRow(peer.name, [sample], notes));
  }
  return rows;
}

async function endurance(bench: Bench): Promise<Table> {
  const batches = 20;
  const sessions = bench.sized({ quick: 200, full: 10_000 });
  const work = freshUsers('login', smallMaildrop, sessions, { users: 'few', deadlineMs });
  const measure = async (contender: Contender): Promise<Taken> => {
    const notes: string[] = [];
    const points: { readonly x: number; readonly y: number }[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const result = await runWork(bench, contender.port, 'plain', work);
      notes.push(...notesOf(result));
      const { rssKb } = memoryOfTree(contender.pids);
      points.push({ x: batch * sessions, y: rssKb });
    }
    // In the first half, tables and heaps may still grow to their size.
    const settled = points.slice(batches / 2);
    const slope = slopeOf(settled) * 1000;
    const [first, last] = [points[0]?.y ?? 0, points.at(-1)?.y ?? 0];
    return { sample: { slope, first: first / 1024, last: last / 1024 }, notes };
  };
  const trial = { name: 'endurance', peers, maildrop: smallMaildrop, measure };
  const rows = await rowsOf(bench, trial);
  return {
    name: 'endurance',
    title: `${batches * sessions} sessions; growth of RSS in the second half`,
    figures: [
      { key: 'first', title: 'RSS after the first batch', unit: 'MB' },
      { key: 'last', title: 'RSS after the last', unit: 'MB' },
      { key: 'slope', title: 'growth for 1,000 sessions', unit: 'KB' },
    ],
    main: 'last',
    bases: [],
    rows,
    targets: [],
  };
}

async function huge(bench: Bench): Promise<Table> {
  const octets = bench.sized({ quick: 50e6, full: 500e6 });
  const maildrop: MaildropSize = { messages: 1, octets };
  const work = freshUsers('download', maildrop, 4, { concurrency: 4, deadlineMs });
  const measure = async (contender: Contender): Promise<Taken> => {
    const { result, cpuMs = 0 } = await costOf(contender, () =>
      runWork(bench, contender.port, 'plain', work),
    );
    const megabytes = result.octets / 1e6;
    const peak = peakOfTree(contender.pids) / 1024;
    const notes = notesOf(result);
    return megabytes === 0
      ? { sample: { peak }, notes }
      : { sample: { peak, cpu: cpuMs / megabytes, wall: result.wallMs / megabytes }, notes };
  };
  const rows = await rowsOf(bench, { name: 'huge', peers, maildrop, measure });
  const limit = { figure: 'peak', atMost: 250, unit: 'MB' };
  return {
    name: 'huge',
    title: `4 messages of ${octets / 1e6} MB at once`,
    figures: [
      { key: 'peak', title: 'peak RSS', unit: 'MB' },
      { key: 'cpu', title: 'CPU', unit: 's/GB' },
      { key: 'wall', title: 'time', unit: 's/GB' },
    ],
    main: 'peak',
    bases: ['pipe'],
    rows,
    targets: [
      absoluteTarget(rows, { ...limit, peer: 'postern' }),
      absoluteTarget(rows, { ...limit, peer: 'postern-default' }),
    ],
  };
}

async function crowd(bench: Bench): Promise<Table> {
  const idle = bench.sized({ quick: 500, full: 5000 });
  const active = bench.sized({ quick: 50, full: 500 });
  const stay = freshUsers('stay', smallMaildrop, idle, { deadlineMs });
  const download = freshUsers('download', smallMaildrop, 4 * active, {
    concurrency: active,
    deadlineMs,
  });
  const measure = async (contender: Contender): Promise<Taken> => {
    const staying = await runWork(bench, contender.port, 'plain', stay);
    const { result, cpuMs = 0 } = await costOf(contender, () =>
      runWork(bench, contender.port, 'plain', download),
    );
    const rss = memoryOfTree(contender.pids).rssKb / 1024;
    const { done: stayed } = await bench.run({ kind: 'release' });
    const failed = staying.failed + staying.unfinished + result.failed + result.unfinished;
    const sample = { failed: failed + (staying.done - stayed), rss };
    const { done, wallMs } = result;
    return {
      sample: done === 0 ? sample : { ...sample, cpu: cpuMs / done, wall: wallMs / done },
      notes: [...notesOf(staying), ...notesOf(result)],
    };
  };
  const rows = await rowsOf(bench, {
    name: 'crowd',
    peers: [...peers, 'postern-2-workers'],
    maildrop: smallMaildrop,
    measure,
  });
  const none = { figure: 'failed', atMost: 0, unit: 'failed' };
  return {
    name: 'crowd',
    title: `${active} sessions at a time download 20 messages of 8 KB while ${idle} others are logged in`,
    figures: [
      { key: 'failed', title: 'failed', unit: 'count' },
      { key: 'rss', title: 'RSS', unit: 'MB' },
      { key: 'cpu', title: 'CPU a download', unit: 'ms' },
      { key: 'wall', title: 'time of the round a download', unit: 'ms' },
    ],
    main: 'cpu',
    bases: ['pipe'],
    rows,
    targets: [
      absoluteTarget(rows, { ...none, peer: 'postern' }),
      absoluteTarget(rows, { ...none, peer: 'postern-default' }),
      absoluteTarget(rows, { ...none, peer: 'postern-2-workers' }),
    ],
  };
}
