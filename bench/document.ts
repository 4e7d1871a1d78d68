// Owns the figures in docs/performance.md and in the README: they are those of bench/results.json and
// nothing else.
// Run: npm run bench -- --json bench/results.json, then node bench/document.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderHeadline } from './harness/headline.ts';
import { parseReport, type Report } from './harness/report.ts';
import { renderMarkdown } from './harness/table.ts';

export const documentFile = join(import.meta.dirname, '..', 'docs', 'performance.md');
export const readmeFile = join(import.meta.dirname, '..', 'README.md');
export const resultsFile = join(import.meta.dirname, 'results.json');

const begin = '<!-- figures: begin -->';
const end = '<!-- figures: end -->';

/** Undefined when no run has been recorded. */
export function readResults(): Report | undefined {
  return existsSync(resultsFile) ? parseReport(readFileSync(resultsFile, 'utf8')) : undefined;
}

export function renderSection(report: Report | undefined): string {
  if (report === undefined) return 'No run is recorded in `bench/results.json`.';
  const { machine, size, takenAt, loadBefore, tables } = report;
  const peers = Object.entries(machine.peers).map(([name, version]) => `${name} (${version})`);
  return [
    `Taken on ${takenAt.slice(0, 10)}, ${size} size: ${machine.cores} cores of ${machine.processor},`,
    `${Math.round(machine.memoryMb / 1024)} GB, Linux ${machine.kernel}, Node ${machine.node}; average load before the run`,
    `${loadBefore.toFixed(2)}. Peers:`,
    '',
    ...peers.map((peer) => `- ${peer}`),
    '',
    ...tables.map(renderMarkdown),
  ]
    .join('\n')
    .trimEnd();
}

/** The few lines of it that the README begins with. */
export function renderReadmeSection(report: Report | undefined): string {
  if (report === undefined) return 'No run is recorded in `bench/results.json`.';
  const { machine, takenAt } = report;
  return [
    renderHeadline(report),
    '',
    `Taken on ${takenAt.slice(0, 10)}, ${machine.cores} cores, Node ${machine.node}: read the ratios within a line.`,
  ].join('\n');
}

/** The document with other figures. */
export function withSection(document: string, section: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('a document has lost its markers');
  return `${document.slice(0, from + begin.length)}\n\n${section}\n\n${document.slice(to)}`;
}

if (import.meta.main) {
  const report = readResults();
  const sections = [
    [documentFile, renderSection(report)],
    [readmeFile, renderReadmeSection(report)],
  ] as const;
  for (const [file, section] of sections) {
    writeFileSync(file, withSection(readFileSync(file, 'utf8'), section));
  }
}
