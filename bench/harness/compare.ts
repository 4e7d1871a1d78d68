// Owns the comparison of a run with an earlier one: one ratio for each figure both have. Pure.
import { figureOf, type Report, type Unit } from './report.ts';
import { noiseOf } from './statistics.ts';
import { formatNumber } from './table.ts';

export interface Change {
  readonly table: string;
  readonly peer: string;
  readonly figure: string;
  readonly before: number;
  readonly now: number;
  readonly ratio: number;
  readonly noise: number;
  readonly kind: 'same' | 'better' | 'worse';
}

/** Figures of which more is better; of all others, less is. */
const rates: readonly Unit[] = ['/s', 'MB/s'];

export function compareReports(now: Report, before: Report): Change[] {
  const changes: Change[] = [];
  for (const table of now.tables) {
    const earlier = before.tables.find(({ name }) => name === table.name);
    if (earlier === undefined) continue;
    for (const { peer, figures } of table.rows) {
      for (const { key, unit } of table.figures) {
        const own = figures[key];
        const old = figureOf(earlier, peer, key);
        if (own === undefined || old === undefined || old.median === 0) continue;
        const ratio = own.median / old.median;
        const noise = noiseOf(own, old);
        changes.push({
          table: table.name,
          peer,
          figure: key,
          before: old.median,
          now: own.median,
          ratio,
          noise,
          kind: kindOf(ratio, noise, rates.includes(unit) ? 'more' : 'less'),
        });
      }
    }
  }
  return changes;
}

function kindOf(ratio: number, noise: number, wanted: 'more' | 'less'): Change['kind'] {
  // Of times and of sizes, twice as much and half as much are equally far from the same.
  if (Math.abs(Math.log(ratio)) <= Math.log1p(noise)) return 'same';
  return ratio > 1 === (wanted === 'more') ? 'better' : 'worse';
}

export function renderChanges(changes: readonly Change[]): string {
  const lines = changes.map(({ table, peer, figure, before, now, ratio, noise, kind }) =>
    [
      kind === 'same' ? ' ' : '*',
      `${table} ${peer} ${figure}`.padEnd(44),
      formatNumber(before).padStart(9),
      formatNumber(now).padStart(9),
      `x ${ratio.toFixed(2)}`.padStart(8),
      `noise ${Math.round(noise * 100)}%`.padStart(11),
      kind === 'same' ? '' : ` ${kind}`,
    ]
      .join(' ')
      .trimEnd(),
  );
  return [`${'  figure'.padEnd(46)}    before       now    ratio`, ...lines, ''].join('\n');
}
