// Owns the question whether an input reached code that no input before it reached, as V8 counts blocks.
import { Session } from 'node:inspector';

interface CoverageRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly CoverageRange[] }[];
}

interface Profiler {
  post(method: 'Profiler.enable' | 'Profiler.disable' | 'Profiler.stopPreciseCoverage'): void;
  post(
    method: 'Profiler.startPreciseCoverage',
    parameters: { readonly callCount: boolean; readonly detailed: boolean },
  ): void;
  post(
    method: 'Profiler.takePreciseCoverage',
    callback: (
      error: Error | null,
      coverage: { readonly result: readonly ScriptCoverage[] },
    ) => void,
  ): void;
}

/**
 * Counts from its making on. Code that was compiled before has no block counters: the modules under
 * test have to be imported afterwards.
 */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #watched: RegExp;
  /** For each script the octets of its text that have run. */
  #seen = new Map<string, Uint8Array>();

  /** `watched` matches the URLs of the modules that count. */
  constructor(watched: RegExp) {
    this.#watched = watched;
    this.#session.connect();
    this.#profiler.post('Profiler.enable');
    this.#profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  [Symbol.dispose](): void {
    this.#profiler.post('Profiler.stopPreciseCoverage');
    this.#profiler.post('Profiler.disable');
    this.#session.disconnect();
  }

  /**
   * Forgets what was reached, not what is loaded. V8 no longer counts a function without branches once
   * it is optimised, so that after another target fewer octets are reached; branches always count.
   */
  reset(): void {
    this.#take();
    this.#seen = new Map();
  }

  /** Octets of source text that have run since the last reset, as far as they were absorbed. */
  get reachedOctets(): number {
    let total = 0;
    for (const marks of this.#seen.values()) total += marks.reduce((sum, mark) => sum + mark, 0);
    return total;
  }

  /** Has anything new run since the last look? It stays new. */
  hasNews(): boolean {
    return this.#take().some((script) => countNew(script, this.#seen.get(script.url)) > 0);
  }

  /** Has anything new run since the last look? It is no longer new afterwards. */
  absorbNews(): boolean {
    let isNews = false;
    for (const script of this.#take()) {
      const seen = this.#seen.get(script.url);
      if (countNew(script, seen) === 0) continue;
      isNews = true;
      this.#seen.set(script.url, union(script.marks, seen));
    }
    return isNews;
  }

  /** What has run since the last call; V8 counts from zero again. */
  #take(): ScriptMarks[] {
    const taken: ScriptMarks[] = [];
    this.#profiler.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error !== null) throw error;
      for (const script of coverage.result) {
        if (this.#watched.test(script.url)) taken.push(marksOf(script));
      }
    });
    return taken;
  }

  /** The declarations of `Session` list every domain; these are the four calls used. */
  get #profiler(): Profiler {
    return this.#session as Profiler;
  }
}

interface ScriptMarks {
  readonly url: string;
  readonly marks: Uint8Array;
}

/** Ranges come from the outside in, and an inner one corrects what the outer one says of its place. */
function marksOf(script: ScriptCoverage): ScriptMarks {
  const ranges = script.functions.flatMap((each) => each.ranges);
  const marks = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) {
    marks.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return { url: script.url, marks };
}

function countNew({ marks }: ScriptMarks, seen: Uint8Array | undefined): number {
  let count = 0;
  for (let at = 0; at < marks.length; at += 1) {
    if (marks[at] === 1 && seen?.[at] !== 1) count += 1;
  }
  return count;
}

function union(marks: Uint8Array, seen: Uint8Array | undefined): Uint8Array {
  const both = new Uint8Array(Math.max(marks.length, seen?.length ?? 0));
  both.set(seen ?? []);
  for (const [at, mark] of marks.entries()) if (mark === 1) both[at] = 1;
  return both;
}
