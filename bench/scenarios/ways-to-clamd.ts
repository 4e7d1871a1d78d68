// Owns what the scenarios with a real clamd have in common: its start, and the ways in which messages reach it
// or a client, measured in turns.
import { type RunningClamd, startClamd } from '../../test/helpers/clamd.ts';
import type { Bench, Contender } from '../harness/bench.ts';
import type { FigureKind, Row } from '../harness/report.ts';
import { costOf, measureRounds, notesOf, type Rounds, type Taken } from '../harness/rounds.ts';
import { runWork, type SessionWork } from '../harness/session-table.ts';
import type { JobResult } from '../load/job.ts';
import { clamdDatabase } from './clamd-database.ts';

/** One that can be measured: a peer, or clamd asked without one. */
export interface Way {
  readonly name: string;
  readonly pids: readonly number[];
  readonly helperPids: readonly number[];
  run(): Promise<JobResult>;
}

export const wayFigures: readonly FigureKind[] = [
  { key: 'cpu', title: 'CPU a message', unit: 'ms' },
  { key: 'clamd', title: 'CPU of clamd a message', unit: 'ms' },
  { key: 'wall', title: 'time of the round a message', unit: 'ms' },
];

export async function withClamd<T>(
  bench: Bench,
  work: (clamd: RunningClamd) => Promise<T>,
): Promise<T> {
  await using database = await clamdDatabase(bench.sized({ quick: 20_000, full: 100_000 }));
  await using clamd = await startClamd({ config: { DatabaseDirectory: database.path } });
  return await work(clamd);
}

/** The same messages as those of the work, sent straight to clamd. */
export function instreamWay(bench: Bench, clamd: RunningClamd, work: SessionWork): Way {
  const { concurrency, messageOctets, deadlineMs } = work;
  const messages = messagesOf(work);
  return {
    name: 'instream',
    pids: [],
    helperPids: [clamd.pid],
    run: () =>
      bench.run({
        kind: 'instream',
        socketPath: clamd.socketPath,
        messages,
        concurrency,
        messageOctets,
        firstUser: bench.newUsers(messages),
        deadlineMs,
      }),
  };
}

export function peerWay(
  bench: Bench,
  clamd: RunningClamd,
  { name, pids, port }: Contender,
  work: SessionWork,
): Way {
  const run = () => runWork(bench, port, 'plain', work);
  return { name, pids, helperPids: pids.length === 0 ? [] : [clamd.pid], run };
}

export function measureWays(
  bench: Bench,
  name: string,
  ways: readonly Way[],
  work: SessionWork,
  rounds: Rounds,
): Promise<Row[]> {
  return measureRounds(rounds, ways, (way, round) => {
    bench.say(`${name} ${round < 0 ? 'warm-up' : round + 1}: ${way.name}`);
    return takeSample(way, messagesOf(work));
  });
}

async function takeSample(way: Way, messages: number): Promise<Taken> {
  const { result, cpuMs, helperMs } = await costOf(way, () => way.run());
  const per = (key: string, value: number | undefined): Record<string, number> =>
    value === undefined ? {} : { [key]: value / messages };
  return {
    sample: { ...per('cpu', cpuMs), ...per('clamd', helperMs), ...per('wall', result.wallMs) },
    notes: notesOf(result),
  };
}

function messagesOf({ sessions, messages }: SessionWork): number {
  return sessions * messages;
}
