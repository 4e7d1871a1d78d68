// Owns how the figures are written down: for a terminal and for Markdown. Pure.
import { formatNumber } from '../harness/table.ts';
import type { FilterFigures } from './measure.ts';
import type { Interval } from './quality.ts';
import type { EvasionReport, ProtocolFigures, SpamReport } from './report.ts';

type Cells = readonly (readonly string[])[];

const head = [
  'filter',
  '1-AUC %',
  'hm %',
  'sm %',
  'lam %',
  'classify, ms',
  'train, ms',
  'model, KB',
];

export function renderProtocolText(figures: ProtocolFigures): string {
  const { protocol, title, ham, spam } = figures;
  return [
    `${protocol}: ${title} (${ham} ham, ${spam} spam)`,
    ...aligned(cellsOf(figures)),
    '',
  ].join('\n');
}

export function renderEvasionsText(report: EvasionReport): string {
  return ['evasions: spam still caught, %', ...aligned(evasionCells(report)), ''].join('\n');
}

/** The part of a document that the figures are. */
export function renderFiguresMarkdown(report: SpamReport | undefined): string {
  if (report === undefined) return 'No run is recorded in `bench/spam/results.json`.';
  const { machine, filters, size, takenAt, messages, protocols } = report;
  return [
    `Taken on ${takenAt.slice(0, 10)}, ${size} size, ${messages} messages: ${machine.cores} cores of`,
    `${machine.processor}, Node ${machine.node}. In brackets: 95 % of 1,000 bootstrap samples.`,
    'CPU is that of a message, reading it included.',
    '',
    ...filters.flatMap(({ name, version, setup }) => wrap(`- ${name} (${version}): ${setup}`)),
    '',
    ...protocols.flatMap((figures) => [
      `### ${figures.protocol}`,
      '',
      ...wrap(`${capital(figures.title)}: ${figures.ham} ham, ${figures.spam} spam.`),
      '',
      ...piped(cellsOf(figures)),
      '',
    ]),
  ]
    .join('\n')
    .trimEnd();
}

export function renderEvasionsMarkdown(report: SpamReport | undefined): string {
  if (report?.evasions === undefined) return 'No run is recorded in `bench/spam/results.json`.';
  return piped(evasionCells(report.evasions)).join('\n');
}

function cellsOf({ filters }: ProtocolFigures): Cells {
  return [head, ...filters.map(rowOf)];
}

function rowOf({
  filter,
  quality,
  intervals,
  classifyCpuMs,
  trainCpuMs,
  learnCpuMs,
  modelBytes,
}: FilterFigures): string[] {
  const { rocaPercent, hamMissedPercent, spamMissedPercent, lamPercent } = quality;
  return [
    filter,
    withInterval(rocaPercent, intervals.rocaPercent, 3),
    withInterval(hamMissedPercent, intervals.hamMissedPercent, 2),
    withInterval(spamMissedPercent, intervals.spamMissedPercent, 2),
    withInterval(lamPercent, intervals.lamPercent, 2),
    classifyCpuMs === undefined ? '-' : formatNumber(classifyCpuMs),
    trainText(trainCpuMs, learnCpuMs),
    sizeText(modelBytes),
  ];
}

function trainText(train: number | undefined, learn: number | undefined): string {
  if (train === undefined) return '-';
  return learn === undefined
    ? formatNumber(train)
    : `${formatNumber(train)} (${formatNumber(learn)} once read)`;
}

function sizeText({ memory, disk }: FilterFigures['modelBytes']): string {
  const kilobytes = (octets: number): string => Math.round(octets / 1000).toString();
  return memory === undefined
    ? kilobytes(disk)
    : `${kilobytes(disk)} (${kilobytes(memory)} in memory)`;
}

function evasionCells({ evasions }: EvasionReport): Cells {
  const names = Object.keys(evasions[0]?.caughtPercent ?? {});
  return [
    ['disguise', ...names],
    ...evasions.map(({ title, caughtPercent }) => [
      title,
      ...names.map((name) => (caughtPercent[name] ?? Number.NaN).toFixed(1)),
    ]),
  ];
}

function withInterval(value: number, { low, high }: Interval, digits: number): string {
  return `${value.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

function widthsOf(cells: Cells, least: number): number[] {
  return (cells[0] ?? []).map((_, column) =>
    Math.max(least, ...cells.map((row) => row[column]?.length ?? 0)),
  );
}

function pad(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
  );
}

function aligned(cells: Cells): string[] {
  const widths = widthsOf(cells, 0);
  return cells.map((row) => pad(row, widths).join('  ').trimEnd());
}

function piped(cells: Cells): string[] {
  const widths = widthsOf(cells, 4);
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [first = [], ...rest] = cells;
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(pad(first, widths)), line(rule), ...rest.map((row) => line(pad(row, widths)))];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Lines of at most 100 columns; what follows the first is indented below a list mark. */
function wrap(text: string): string[] {
  const indent = text.startsWith('- ') ? '  ' : '';
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
