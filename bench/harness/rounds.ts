// Owns the order of measuring: A B C, A B C, so that a slow minute of the machine hits every peer alike.
import { setTimeout as pause } from 'node:timers/promises';
import type { JobResult } from '../load/job.ts';
import type { Contender } from './bench.ts';
import { cpuOfTree } from './process-stat.ts';
import { type Row, type Sample, toRow } from './report.ts';

export interface Taken {
  readonly sample: Sample;
  readonly notes: readonly string[];
}

export interface Rounds {
  readonly rounds: number;
  /** Not counted: code is compiled, caches fill, memory is fetched. */
  readonly warmUps: number;
}

export async function measureRounds<P extends { readonly name: string }>(
  { rounds, warmUps }: Rounds,
  peers: readonly P[],
  measure: (peer: P, round: number) => Promise<Taken>,
): Promise<Row[]> {
  const taken = new Map<string, Taken[]>(peers.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const peer of peers) {
      const one = await measure(peer, round);
      if (round >= 0) taken.get(peer.name)?.push(one);
    }
  }
  return [...taken].map(([name, all]) =>
    toRow(
      name,
      all.map(({ sample }) => sample),
      all.flatMap(({ notes }) => notes),
    ),
  );
}

export interface Cost {
  readonly result: JobResult;
  /** Of the whole process tree; undefined when there is none. */
  readonly cpuMs: number | undefined;
  /** Of processes that the peer needs beside it. */
  readonly helperMs: number | undefined;
}

/** What is left to do after the last reply, closing connections and ending processes, counts too. */
const settleMs = 200;

export async function costOf(
  { pids, helperPids }: Pick<Contender, 'pids' | 'helperPids'>,
  work: () => Promise<JobResult>,
): Promise<Cost> {
  const read = (roots: readonly number[]): number | undefined =>
    roots.length === 0 ? undefined : cpuOfTree(roots);
  const [own, helpers] = [read(pids), read(helperPids)];
  const result = await work();
  await pause(settleMs);
  return { result, cpuMs: since(own, read(pids)), helperMs: since(helpers, read(helperPids)) };
}

function since(before: number | undefined, now: number | undefined): number | undefined {
  return before === undefined || now === undefined ? undefined : now - before;
}

/** What a reader must know of a job that did not go as it should. */
export function notesOf({ done, failed, unfinished, firstFailure }: JobResult): string[] {
  const all = done + failed + unfinished;
  const notes: string[] = [];
  if (failed > 0) notes.push(`${failed} of ${all} failed: ${firstFailure ?? ''}`);
  if (unfinished > 0) notes.push(`${unfinished} of ${all} not ended at the deadline`);
  return notes;
}
