// Owns how a check-up is printed: one line for each thing, in words or as JSON.
import type { Report } from './check.ts';

const widestLevel = 'skipped'.length;

export function reportLine(report: Report): string {
  const head = `${report.level.padEnd(widestLevel)}  ${report.subject}: ${oneLine(report.found)}`;
  return 'advice' in report ? `${head}. ${oneLine(report.advice)}` : head;
}

export function reportJson({ level, subject, found, ...rest }: Report): string {
  return JSON.stringify({ level, subject, found, ...rest });
}

export function summaryLine(reports: readonly Report[]): string {
  const count = (level: Report['level']): number =>
    reports.filter((report) => report.level === level).length;
  const numbers = [
    `${count('ok')} ok`,
    `${count('warn')} to look at`,
    `${count('fail')} failed`,
    `${count('skipped')} skipped`,
  ];
  return numbers.join(', ');
}

/** Texts of servers and of systems come through here. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '?')
    .trim();
}
