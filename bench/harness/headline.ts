// Owns the table at the head of the README: of a recorded run what a newcomer asks first. Pure.
import { figureOf, type Report } from './report.ts';
import { formatNumber } from './table.ts';

interface Line {
  readonly label: string;
  /** The first table of these that knows a peer gives its figure. */
  readonly tables: readonly string[];
  readonly figure: string;
}

const lines: readonly Line[] = [
  {
    label: '50 messages, each reply 40 ms late: time, ms',
    tables: ['rtt', 'scan-rtt'],
    figure: 'wall',
  },
  { label: 'a login: CPU, ms', tables: ['login'], figure: 'cpu' },
  { label: 'a login and 20 messages of 8 KB: CPU, ms', tables: ['download'], figure: 'cpu' },
  { label: 'messages of 20 MB: CPU, s/GB', tables: ['large'], figure: 'cpu' },
  { label: 'an idle session: memory, KB', tables: ['idle'], figure: 'own' },
  { label: 'the same with TLS on both legs, KB', tables: ['idle-tls'], figure: 'own' },
];

const columns: readonly (readonly [peer: string, heading: string])[] = [
  ['direct', 'direct'],
  ['haproxy', 'HAProxy'],
  ['nginx', 'nginx'],
  ['dovecot', 'Dovecot'],
  ['perdition', 'perdition'],
  ['postern', 'Postern'],
  ['postern-default', 'Postern, default filters'],
  ['postern-clamav', 'Postern, and clamd'],
];

/** Markdown; a figure that was not measured is a hyphen, a line without figures is left out. */
export function renderHeadline({ tables }: Report): string {
  const cellOf = (line: Line, peer: string): string | undefined =>
    line.tables
      .map((name) => tables.find((table) => table.name === name))
      .map((table) => (table === undefined ? undefined : figureOf(table, peer, line.figure)))
      .filter((summary) => summary !== undefined)
      .map(({ median }) => formatNumber(median))[0];
  const rows = lines
    .map((line) => ({ line, cells: columns.map(([peer]) => cellOf(line, peer)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined))
    .map(({ line, cells }) => [line.label, ...cells.map((cell) => cell ?? '-')]);
  const head = ['', ...columns.map(([, heading]) => heading)];
  const widths = head.map((title, at) =>
    Math.max(4, title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const write = (cells: readonly string[]): string => {
    const padded = cells.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [write(head), write(rule), ...rows.map(write)].join('\n');
}
