// Owns the figures in docs/performance.md: they are those of bench/results.json and nothing else.
// Run: npm run bench -- --json bench/results.json, then node bench/document.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport, type Report } from './harness/report.ts';
import { renderMarkdown } from './harness/table.ts';

export const documentFile = join(import.meta.dirname, '..', 'docs', 'performance.md');
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

/** The document with other figures. */
export function withSection(document: string, section: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error('docs/performance.md has lost its markers');
  return `${document.slice(0, from + begin.length)}\n\n${section}\n\n${document.slice(to)}`;
}

if (import.meta.main) {
  const document = readFileSync(documentFile, 'utf8');
  writeFileSync(documentFile, withSection(document, renderSection(readResults())));
}
