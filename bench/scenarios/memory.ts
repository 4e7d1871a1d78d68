// Owns the scenario memory: whether many sessions leave anything behind, what four huge messages at once
// need, and whether a crowd is served without an error.
import type { Bench, Contender } from '../harness/bench.ts';
import { memoryOfTree, peakOfTree } from '../harness/process-stat.ts';
import { type Row, type Sample, type Table, toRow } from '../harness/report.ts';
import { costOf, notesOf } from '../harness/rounds.ts';
import { runWork, type SessionWork } from '../harness/session-table.ts';
import { slopeOf } from '../harness/statistics.ts';
import { absoluteTarget } from '../harness/targets.ts';
import type { MaildropSize } from '../source/mailbox.ts';
import { messageOctets, type Scenario } from './scenario.ts';

const peers = ['pipe', 'postern', 'postern-default'];
const small: MaildropSize = { messages: 20, octets: messageOctets };
const warmUpSessions = 500;

export const memory: Scenario = {
  name: 'memory',
  summary: 'after 200,000 sessions, with four messages of 500 MB at once, and with a crowd',
  run: async (bench) => [await endurance(bench), await huge(bench), await crowd(bench)],
};

interface Measured {
  readonly sample: Sample;
  readonly notes: readonly string[];
}

/** One fresh process for each peer. */
async function rowsOf(
  bench: Bench,
  name: string,
  maildrop: MaildropSize,
  measure: (contender: Contender) => Promise<Measured>,
): Promise<Row[]> {
  await using source = await bench.source('plain', [maildrop, small]);
  const rows: Row[] = [];
  for (const peer of bench.peers(peers, 'plain')) {
    bench.say(`${name}: ${peer.name}`);
    const contender = await bench.start(peer, { port: source.port, transport: 'plain' });
    try {
      await runWork(bench, contender.port, 'plain', work('login', small, warmUpSessions));
      const { sample, notes } = await measure(contender);
      rows.push(toRow(peer.name, [sample], notes));
    } finally {
      await bench.stop(contender);
    }
  }
  return rows;
}

async function endurance(bench: Bench): Promise<Table> {
  const batches = 20;
  const sessions = bench.sized({ quick: 200, full: 10_000 });
  const rows = await rowsOf(bench, 'endurance', small, async (contender) => {
    const notes: string[] = [];
    const points: { readonly x: number; readonly y: number }[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const result = await runWork(bench, contender.port, 'plain', {
        ...work('login', small, sessions),
        users: 'few',
      });
      notes.push(...notesOf(result));
      const { rssKb } = memoryOfTree(contender.pids);
      points.push({ x: batch * sessions, y: rssKb });
    }
    // In the first half, tables and heaps may still grow to their size.
    const settled = points.slice(batches / 2);
    const slope = slopeOf(settled) * 1000;
    const [first, last] = [points[0]?.y ?? 0, points.at(-1)?.y ?? 0];
    return { sample: { slope, first: first / 1024, last: last / 1024 }, notes };
  });
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
  const rows = await rowsOf(bench, 'huge', maildrop, async (contender) => {
    const { result, cpuMs = 0 } = await costOf(contender, () =>
      runWork(bench, contender.port, 'plain', { ...work('download', maildrop, 4), concurrency: 4 }),
    );
    const megabytes = result.octets / 1e6;
    const peak = peakOfTree(contender.pids) / 1024;
    const notes = notesOf(result);
    return megabytes === 0
      ? { sample: { peak }, notes }
      : { sample: { peak, cpu: cpuMs / megabytes, wall: result.wallMs / megabytes }, notes };
  });
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
  const rows = await rowsOf(bench, 'crowd', small, async (contender) => {
    const { port } = contender;
    const staying = await runWork(bench, port, 'plain', work('stay', small, idle));
    const { result, cpuMs = 0 } = await costOf(contender, () =>
      runWork(bench, port, 'plain', {
        ...work('download', small, 4 * active),
        concurrency: active,
      }),
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
    ],
  };
}

function work(
  script: SessionWork['script'],
  maildrop: MaildropSize,
  sessions: number,
): SessionWork {
  return {
    script,
    messages: maildrop.messages,
    messageOctets: maildrop.octets,
    sessions,
    concurrency: 50,
    users: 'fresh',
    deadlineMs: 300_000,
  };
}
