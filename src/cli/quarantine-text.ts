// Owns how entries of the quarantine look on a terminal.
import { decodeUnlabelled } from '../message/charset.ts';
import type { QuarantineEntry } from '../stores/store.ts';
import { escapeText } from '../telemetry/redact.ts';
import { type Column, jsonLine, minuteOf, tableLines } from './table.ts';

const maxWidths = { account: 32, from: 36, subject: 40, findings: 40 } as const;

const columns: readonly Column<QuarantineEntry>[] = [
  { title: 'CODE', maxWidth: 14, show: ({ code }) => code },
  { title: 'STORED', maxWidth: 16, show: ({ storedAtMs }) => minuteOf(storedAtMs) },
  { title: 'STATE', maxWidth: 9, show: ({ state }) => state },
  { title: 'ACCOUNT', maxWidth: maxWidths.account, show: ({ user }) => user },
  { title: 'FROM', maxWidth: maxWidths.from, show: ({ from }) => from ?? '-' },
  { title: 'SUBJECT', maxWidth: maxWidths.subject, show: ({ subject }) => subject ?? '-' },
  { title: 'FINDINGS', maxWidth: maxWidths.findings, show: findingsOf },
];

/** Lines of a table, the title first. Times are UTC. */
export function entryTable(entries: readonly QuarantineEntry[]): string[] {
  return tableLines(columns, entries);
}

/** For programs: times as text, otherwise the entry as it is. */
export function entryJson(entry: QuarantineEntry): string {
  const { storedAtMs, changedAtMs, ...facts } = entry;
  return jsonLine({
    ...facts,
    storedAt: new Date(storedAtMs).toISOString(),
    changedAt: new Date(changedAtMs).toISOString(),
  });
}

/** Lines with all facts. */
export function entryDetails(entry: QuarantineEntry): string[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Code', entry.code],
    ['Id', entry.id],
    ['State', `${entry.state} since ${new Date(entry.changedAtMs).toISOString()}`],
    ['Stored', new Date(entry.storedAtMs).toISOString()],
    ['Account', entry.user],
    ['Mail server', entry.upstreamHost],
    ['UIDL', entry.uidl],
    ['Action', entry.action],
    ...entry.findings.map(
      ({ plugin, finding, part }) =>
        ['Finding', `${plugin}: ${finding}${part === undefined ? '' : ` in "${part}"`}`] as const,
    ),
    ['From', entry.from],
    ['Subject', entry.subject],
    ['Date', entry.date],
    ['Message-ID', entry.messageId],
    ['Octets', String(entry.octets)],
    ['SHA-256', entry.sha256],
    ['Session', entry.sessionId],
    ['Client', entry.clientAddress],
  ];
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(13)}${escapeText(value ?? '')}`);
}

const maxHeaderOctets = 256 * 1024;

/** The header of a message, line by line. What follows it is not read. */
export async function headerLines(content: AsyncIterable<Buffer>): Promise<string[]> {
  const pieces: Buffer[] = [];
  let header = Buffer.alloc(0);
  for await (const piece of content) {
    pieces.push(piece);
    header = Buffer.concat(pieces);
    if (endOfHeader(header) !== -1 || header.length > maxHeaderOctets) break;
  }
  const end = endOfHeader(header);
  const lines = decodeUnlabelled(end === -1 ? header : header.subarray(0, end)).split(/\r?\n/);
  const shown = lines.map(escapeText);
  return header.length > maxHeaderOctets && end === -1 ? [...shown, '(more)'] : shown;
}

function endOfHeader(octets: Buffer): number {
  return octets.toString('latin1').search(/\r?\n\r?\n/);
}

function findingsOf({ findings }: QuarantineEntry): string {
  const names = [...new Set(findings.map(({ finding }) => finding))];
  return names.length === 0 ? '-' : names.join(', ');
}
