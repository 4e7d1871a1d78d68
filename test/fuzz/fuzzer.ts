// Owns the search: it changes inputs, keeps those that reach new code, and stops at the first failure.
// It is bounded by executions and never by time, so that a run can be repeated anywhere.
import { createContext, Script } from 'node:vm';
import type { BlockCoverage } from './block-coverage.ts';
import { minimise } from './minimise.ts';
import { mutate } from './mutation.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
  readonly maxOctets: number;
}

export type FuzzOutcome =
  | {
      readonly kind: 'passed';
      /** Inputs that reached what no seed reaches. */
      readonly found: readonly Buffer[];
      readonly reachedOctets: number;
    }
  | FuzzFailure;

export interface FuzzFailure {
  readonly kind: 'failed';
  /** Made as small as the same failure allows. */
  readonly input: Buffer;
  readonly error: unknown;
}

/** Asking V8 for its counters takes longer than a run, so that inputs share a look at them. */
const batchSize = 24;

/** Ends an endless loop. Far above what a batch ever takes, so that it decides nothing else. */
const hangLimitMs = 60_000;

/** A check that runs for too long is a failure as well, and is not tried again for minimising. */
class Hang extends Error {}

export function fuzz(
  target: FuzzTarget,
  seeds: readonly Buffer[],
  coverage: BlockCoverage,
  options: FuzzOptions,
): FuzzOutcome {
  const random = new Random(options.seed);
  const corpus = [Buffer.alloc(0), ...seeds];
  coverage.reset();
  const keepNews = (inputs: readonly Buffer[]): FuzzFailure | undefined => {
    for (const input of inputs) {
      const failure = run(target, [input]);
      if (failure !== undefined) return failure;
      if (coverage.absorbNews()) corpus.push(input);
    }
    return undefined;
  };
  const seedFailure = run(target, corpus);
  if (seedFailure !== undefined) return seedFailure;
  coverage.absorbNews();
  const source = { random, corpus, dictionary: target.dictionary, maxOctets: options.maxOctets };
  for (let runs = 0; runs < options.runs; runs += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, options.runs - runs) }, () =>
      mutate(choose(corpus, random), source),
    );
    const failure = run(target, batch) ?? (coverage.hasNews() ? keepNews(batch) : undefined);
    if (failure !== undefined) return failure;
  }
  const found = corpus.slice(1 + seeds.length);
  return { kind: 'passed', found, reachedOctets: coverage.reachedOctets };
}

/** The newest inputs are the least explored: half of all choices fall on the last eighth. */
function choose(corpus: readonly Buffer[], random: Random): Buffer {
  const newest = Math.ceil(corpus.length / 8);
  return random.below(2) === 0 ? random.pick(corpus.slice(-newest)) : random.pick(corpus);
}

/** The first input that fails, made small. */
function run(target: FuzzTarget, inputs: readonly Buffer[]): FuzzFailure | undefined {
  let current: Buffer = Buffer.alloc(0);
  const error = errorOf(() => {
    for (const input of inputs) {
      current = input;
      target.check(input);
    }
  });
  if (error === undefined) return undefined;
  if (error instanceof Hang) return { kind: 'failed', input: current, error };
  const input = minimise(current, (candidate) => isSame(checkError(target, candidate), error));
  return { kind: 'failed', input, error: checkError(target, input) ?? error };
}

/** The error of one check, or undefined when it holds. */
export function checkError(target: FuzzTarget, input: Buffer): unknown {
  return errorOf(() => target.check(input));
}

function isSame(error: unknown, other: unknown): boolean {
  return error instanceof Error && other instanceof Error && error.name === other.name;
}

const arena = { work: (): void => {} };
const arenaContext = createContext(arena);
const callWork = new Script('work()');

/** Runs within V8's own watch over scripts, the only thing that can end an endless loop in this thread. */
function errorOf(work: () => void): unknown {
  arena.work = work;
  try {
    callWork.runInContext(arenaContext, { timeout: hangLimitMs });
    return undefined;
  } catch (error) {
    const isHang =
      error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    return isHang ? new Hang(`still running after ${hangLimitMs} ms`) : error;
  }
}
