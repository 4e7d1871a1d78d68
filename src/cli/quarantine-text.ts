// Owns how entries look on a terminal. Everything a sender wrote is shown with control and bidi
// characters made visible, so that it can neither move the cursor nor pretend to be another column.
import { decodeUnlabelled } from '../message/charset.ts';
import type { QuarantineEntry } from '../stores/store.ts';
import { escapeText } from '../telemetry/redact.ts';

const maxWidths = { account: 32, from: 36, subject: 40, findings: 40 } as const;

interface Column {
  readonly title: string;
  readonly maxWidth: number;
  show(entry: QuarantineEntry): string;
}

const columns: readonly Column[] = [
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
  const rows = entries.map((entry) =>
    columns.map(({ show, maxWidth }) => cut(escapeText(show(entry)), maxWidth)),
  );
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...all.map((cells) => lengthOf(cells[index] ?? ''))),
  );
  return all.map((cells) =>
    cells
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** For programs: times as text, otherwise the entry as it is. */
export function entryJson(entry: QuarantineEntry): string {
  const { storedAtMs, changedAtMs, ...facts } = entry;
  const json = JSON.stringify({
    ...facts,
    storedAt: new Date(storedAtMs).toISOString(),
    changedAt: new Date(changedAtMs).toISOString(),
  });
  // JSON leaves these raw, and a terminal may obey them.
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character.replaceAll(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
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

function minuteOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** In characters, so that none is cut in the middle. */
function lengthOf(text: string): number {
  return [...text].length;
}

function cut(text: string, maxWidth: number): string {
  const characters = [...text];
  if (characters.length <= maxWidth) return text;
  return `${characters.slice(0, maxWidth - 1).join('')}…`;
}
