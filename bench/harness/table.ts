// Owns how a table of figures is written down: for a terminal and for Markdown. Pure.
import { type FigureKind, figureOf, type Row, type Table, type Target } from './report.ts';
import type { Summary } from './statistics.ts';

/** Three significant digits, never in exponents. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

export function renderText(table: Table): string {
  const [head = [], ...body] = cellsOf(table);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [
    `${table.name}: ${table.title}`,
    line(head),
    rule,
    ...body.map(line),
    ...notesOf(table).map((note) => `  ${note}`),
    ...table.targets.map((target) => `  ${renderTarget(target)}`),
    '',
  ].join('\n');
}

export function renderMarkdown(table: Table): string {
  const [head = [], ...body] = cellsOf(table);
  const widths = head.map((_, column) =>
    Math.max(4, ...[head, ...body].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const remarks = [...notesOf(table), ...table.targets.map(renderTarget)];
  return [
    `### ${table.name}`,
    '',
    `${table.title}.`,
    '',
    line(head),
    line(rule),
    ...body.map(line),
    '',
    ...remarks.map((remark) => `- ${remark}`),
    ...(remarks.length > 0 ? [''] : []),
  ].join('\n');
}

export function renderTarget({ text, measured, state }: Target): string {
  if (measured === undefined) return `${state}: ${text}`;
  return `${state}: ${text}, measured ${formatNumber(measured)}`;
}

/** The heading and one line for each peer, as text. */
function cellsOf(table: Table): string[][] {
  const present = table.bases.filter((base) => hasMain(table, base));
  const head = [
    'peer',
    ...table.figures.map(({ title, unit }) => (unit === 'count' ? title : `${title}, ${unit}`)),
    ...present.map((base) => `x ${base}`),
  ];
  const body = table.rows.map((row) => [
    row.peer,
    ...table.figures.map((figure) => figureCell(row, figure)),
    ...present.map((base) => ratioCell(table, row, base)),
  ]);
  return [head, ...body];
}

function hasMain(table: Table, peer: string): boolean {
  const summary = figureOf(table, peer, table.main);
  return summary !== undefined && summary.median > 0;
}

function figureCell({ figures }: Row, { key }: FigureKind): string {
  const summary = figures[key];
  return summary === undefined ? '-' : withSpread(summary);
}

function withSpread({ median, spread, samples }: Summary): string {
  const value = formatNumber(median);
  return samples.length < 2 ? value : `${value} ±${Math.round(spread * 100)}%`;
}

function ratioCell(table: Table, { figures }: Row, base: string): string {
  const own = figures[table.main];
  const other = figureOf(table, base, table.main);
  if (own === undefined || other === undefined) return '-';
  return (own.median / other.median).toFixed(2);
}

function notesOf({ rows }: Table): string[] {
  return rows.flatMap(({ peer, note }) => (note === undefined ? [] : [`${peer}: ${note}`]));
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
