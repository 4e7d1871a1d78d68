// Owns the figures in docs/spam.md: they are those of bench/spam/results.json and nothing else.
// Run: npm run bench:spam -- --json bench/spam/results.json, then node bench/spam/document.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSpamReport, type SpamReport } from './report.ts';
import { renderEvasionsMarkdown, renderFiguresMarkdown } from './table.ts';

export const spamDocument = join(import.meta.dirname, '..', '..', 'docs', 'spam.md');
export const spamResults = join(import.meta.dirname, 'results.json');

/** Undefined when no run has been recorded. */
export function readSpamResults(): SpamReport | undefined {
  return existsSync(spamResults) ? parseSpamReport(readFileSync(spamResults, 'utf8')) : undefined;
}

/** The document with the figures of this report. */
export function withFigures(document: string, report: SpamReport | undefined): string {
  const once = withSection(document, 'figures', renderFiguresMarkdown(report));
  return withSection(once, 'evasions', renderEvasionsMarkdown(report));
}

function withSection(document: string, name: string, section: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`a document has lost its markers of ${name}`);
  return `${document.slice(0, from + begin.length)}\n\n${section}\n\n${document.slice(to)}`;
}

if (import.meta.main) {
  const document = readFileSync(spamDocument, 'utf8');
  writeFileSync(spamDocument, withFigures(document, readSpamResults()));
}
