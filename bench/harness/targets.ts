// Owns the judgement of a figure against what it must show. Pure.
import { figureOf, type Row, type Target } from './report.ts';

interface RatioTarget {
  readonly figure: string;
  readonly peer: string;
  readonly base: string;
  readonly atMost: number;
}

interface AbsoluteTarget {
  readonly figure: string;
  readonly peer: string;
  readonly atMost: number;
  readonly unit: string;
}

type Rows = readonly Row[];

/** `peer` must not need more than so many times what `base` needs. */
export function ratioTarget(rows: Rows, wanted: RatioTarget): Target {
  const { figure, peer, base, atMost } = wanted;
  const own = medianOf(rows, peer, figure);
  const other = medianOf(rows, base, figure);
  const isKnown = own !== undefined && other !== undefined && other > 0;
  const text = `${peer} <= ${atMost} x ${base}`;
  return judged(text, atMost, isKnown ? own / other : undefined);
}

export function absoluteTarget(rows: Rows, wanted: AbsoluteTarget): Target {
  const { figure, peer, atMost, unit } = wanted;
  return judged(`${peer} <= ${atMost} ${unit}`, atMost, medianOf(rows, peer, figure));
}

export function judged(text: string, atMost: number, measured: number | undefined): Target {
  if (measured === undefined) return { text, atMost, state: 'not measured' };
  return { text, atMost, measured, state: measured <= atMost ? 'met' : 'missed' };
}

function medianOf(rows: Rows, peer: string, figure: string): number | undefined {
  return figureOf({ rows }, peer, figure)?.median;
}
