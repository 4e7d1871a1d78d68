// Owns how several samples of one figure become one: median and spread. Pure.

export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Scatter of the samples relative to the median: 0.05 is five per cent. */
  readonly spread: number;
  readonly samples: readonly number[];
}

/** Scales a median deviation to the standard deviation of normally distributed samples. */
const normalScale = 1.4826;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('no samples');
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return (lower + upper) / 2;
}

/** Median and median deviation: one disturbed round moves neither far. */
export function summarise(samples: readonly number[]): Summary {
  const middle = median(samples);
  const deviation = median(samples.map((sample) => Math.abs(sample - middle))) * normalScale;
  return {
    median: middle,
    low: Math.min(...samples),
    high: Math.max(...samples),
    spread: middle === 0 ? 0 : deviation / Math.abs(middle),
    samples,
  };
}

const leastSamples = 3;
const leastNoise = 0.05;
const noiseOfFewSamples = 0.15;
const deviationsOfNoise = 3;

/** How far the ratio of two figures may be from 1 without meaning anything. */
export function noiseOf(one: Summary, other: Summary): number {
  const fewest = Math.min(one.samples.length, other.samples.length);
  const least = fewest < leastSamples ? noiseOfFewSamples : leastNoise;
  return Math.max(least, deviationsOfNoise * Math.hypot(one.spread, other.spread));
}

/** Least squares: by how much y grows for each x. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const covariance = mean(({ x, y }) => (x - meanX) * (y - meanY));
  const variance = mean(({ x }) => (x - meanX) ** 2);
  return variance === 0 ? 0 : covariance / variance;
}
