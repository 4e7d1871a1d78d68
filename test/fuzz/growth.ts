// Owns the search for inputs whose cost grows faster than their size. It measures CPU time, so that
// its answers are for people to look at and no part of the test suite.
import type { FuzzTarget } from './target.ts';

export interface Growth {
  /** What stands first, what is repeated behind it, what stands last. */
  readonly shape: Shape;
  /** Cost of the large input divided by that of as many octets in small inputs. */
  readonly ratio: number;
}

export interface GrowthReport {
  readonly shapes: number;
  readonly superLinear: readonly Growth[];
  /** The dearest of all large inputs. */
  readonly maxCostPerOctetUs: number;
}

/** CPU microseconds of some exercises, without those of the threads that compile or collect garbage. */
export type CostOf = (target: FuzzTarget, input: Buffer, times: number) => number;

/** Large enough for quadratic growth to show, small enough for it to end. */
const smallOctets = 8 * 1024;
const largeOctets = 64 * 1024;

/** The small input is exercised as often as makes the octets equal: linear growth gives 1, quadratic this. */
const sizeFactor = largeOctets / smallOctets;

/** Between the two there is room for a noisy machine. */
const maxRatio = 3;

/** Some systems count CPU time in steps of 10 ms: below this a ratio is noise. */
const minCostUs = 40_000;

export function measureCpu(target: FuzzTarget, input: Buffer, times: number): number {
  const before = process.threadCpuUsage();
  for (let time = 0; time < times; time += 1) target.exercise(input);
  const spent = process.threadCpuUsage(before);
  return spent.user + spent.system;
}

export function measureGrowth(
  target: FuzzTarget,
  seeds: readonly Buffer[],
  costOf: CostOf = measureCpu,
): GrowthReport {
  const superLinear: Growth[] = [];
  let maxCostUs = 0;
  const shapes = shapesOf(target, seeds);
  for (const shape of shapes) {
    const small = grow(shape, smallOctets);
    const large = grow(shape, largeOctets);
    const smallCost = (): number => costOf(target, small, sizeFactor);
    const largeCost = (): number => costOf(target, large, 1);
    const largeCostUs = largeCost();
    maxCostUs = Math.max(maxCostUs, largeCostUs);
    if (largeCostUs < minCostUs || largeCostUs / smallCost() < maxRatio) continue;
    // Once more, the cheapest of some: only the code under test is slow every time.
    const ratio = lowestOf(largeCost) / lowestOf(smallCost);
    if (ratio >= maxRatio) superLinear.push({ shape, ratio });
  }
  return { shapes: shapes.length, superLinear, maxCostPerOctetUs: maxCostUs / largeOctets };
}

function lowestOf(cost: () => number): number {
  return Math.min(...Array.from({ length: 3 }, cost));
}

interface Shape {
  readonly head: string;
  readonly repeated: string;
  readonly tail: string;
}

/**
 * Each word and each pair of words over and over, and each word behind each seed and each other word.
 * A letter at the end undoes what an expression has matched so far, and makes it try again.
 */
function shapesOf(target: FuzzTarget, seeds: readonly Buffer[]): readonly Shape[] {
  const words = ['a', ' ', ...target.dictionary];
  const pairs = words.flatMap((first) =>
    words.map((second) => ({ head: '', repeated: first === second ? first : first + second })),
  );
  const heads = [...words, ...seeds.map((seed) => seed.toString('latin1'))];
  const behindHeads = heads.flatMap((head) => words.map((repeated) => ({ head, repeated })));
  const bodies = [...pairs, ...behindHeads];
  return bodies.flatMap((body) => ['', 'x'].map((tail) => ({ ...body, tail })));
}

function grow({ head, repeated, tail }: Shape, octets: number): Buffer {
  const times = Math.ceil(octets / repeated.length);
  return Buffer.from(head + repeated.repeat(times) + tail, 'latin1');
}
